//! An XML schema of all that this codec writes, made from the same type descriptions by rules of its own, so that other
//! software can check documents. It is this project's reading of ECMA-323, stricter than the standard's own schema where
//! that leaves room: members come in their order, enumerations have their names.

use std::collections::BTreeSet;

use super::{
    ERROR, MONITOR, RESPONSE, SESSION, SESSION_NAMESPACE,
    names::{self, Octets},
    namespace,
};
use crate::wire::csta::{
    schema::{Field, Kind, Names, Presence, Type, phase3},
    services::{EVENTS, SERVICES},
};

/// The schema (XSD 1.0) of the messages of one edition of ECMA-323, 3 to 6.
pub fn messages(edition: u8) -> String {
    let mut schema = Schema {
        edition,
        ..Schema::default()
    };
    for service in SERVICES {
        schema.root(service.name, service.argument, false);
        if let Some(result) = service.result {
            schema.root(&format!("{}{RESPONSE}", service.name), result, false);
        }
    }
    for event in EVENTS {
        schema.root(names::event_element(event.ty), event.ty, true);
    }
    schema.root(ERROR, "UniversalFailure", false);
    schema.finish(&namespace(edition))
}

/// The schema of ECMA-354's application sessions.
pub fn sessions() -> String {
    let mut schema = Schema::default();
    for name in SESSION {
        schema.root(name, name, false);
    }
    schema.finish(SESSION_NAMESPACE)
}

#[derive(Default)]
struct Schema {
    edition: u8,
    out: String,
    /// Named types that are still to be defined.
    wanted: Vec<&'static Type>,
    known: BTreeSet<&'static str>,
}

/// Attributes of a device: what kind of number, and the media of its calls.
const DEVICE: &str = "<xs:simpleContent><xs:extension base=\"xs:string\"><xs:attribute name=\"typeOfNumber\" \
     type=\"xs:string\"/><xs:attribute name=\"mediaClass\" type=\"xs:string\"/><xs:attribute name=\"connectionRate\" \
     type=\"xs:integer\"/><xs:attribute name=\"bitRate\" type=\"xs:string\"/><xs:attribute name=\"delayTolerance\" \
     type=\"xs:integer\"/><xs:attribute name=\"switchingSubDomainCCIEType\" type=\"xs:string\"/><xs:attribute \
     name=\"switchingSubDomainInformationElements\" type=\"xs:hexBinary\"/></xs:extension></xs:simpleContent>";

impl Schema {
    fn finish(mut self, namespace: &str) -> String {
        while let Some(ty) = self.wanted.pop() {
            self.define(ty);
        }
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" \
             xmlns:t=\"{namespace}\" targetNamespace=\"{namespace}\" elementFormDefault=\"qualified\">\n{}</xs:schema>\n",
            self.out
        )
    }

    fn root(&mut self, element: &str, ty: &str, reports: bool) {
        let Some(ty) = phase3::ty(ty) else { return };
        if !reports {
            self.out += &format!("<xs:element name=\"{element}\" type=\"t:{}\"/>\n", ty.name);
            return self.want(ty);
        }
        // An event names its monitor before all that its type says.
        self.out += &format!("<xs:element name=\"{element}\"><xs:complexType><xs:sequence>");
        self.out += &format!("<xs:element name=\"{MONITOR}\" type=\"xs:string\"/>");
        if let Kind::Sequence(fields) = &ty.kind {
            self.members(ty, fields);
        }
        self.out += "</xs:sequence></xs:complexType></xs:element>\n";
    }

    fn want(&mut self, ty: &'static Type) {
        if self.known.insert(ty.name) {
            self.wanted.extend(phase3::ty(ty.name));
        }
    }

    fn define(&mut self, ty: &'static Type) {
        let kind = if is_simple(ty) {
            "simpleType"
        } else {
            "complexType"
        };
        self.out += &format!("<xs:{kind} name=\"{}\">", ty.name);
        self.content(ty, "");
        self.out += &format!("</xs:{kind}>\n");
    }

    /// An element of type `ty`: by the type's name where it has one, else with its content.
    fn element(&mut self, name: &str, ty: &'static Type, least: u8) {
        let occurs = if least == 0 { " minOccurs=\"0\"" } else { "" };
        self.out += &format!("<xs:element name=\"{name}\"{occurs}");
        if let Some(builtin) = builtin(ty, name) {
            self.out += &format!(" type=\"{builtin}\"/>");
        } else if phase3::ty(ty.name).is_some() && !matches!(ty.kind, Kind::SequenceOf(_)) {
            self.out += &format!(" type=\"t:{}\"/>", ty.name);
            self.want(ty);
        } else {
            let kind = if is_simple(ty) {
                "simpleType"
            } else {
                "complexType"
            };
            self.out += &format!("><xs:{kind}>");
            self.content(ty, name);
            self.out += &format!("</xs:{kind}></xs:element>");
        }
    }

    fn content(&mut self, ty: &'static Type, member: &str) {
        match ty.name {
            "DeviceID" | "LocalDeviceID" => return self.out += DEVICE,
            "ConnectionID" | "ConnectionIDBody" => return self.connection(),
            "CorrelatorData" | "UserData" => {
                self.out += "<xs:sequence><xs:element name=\"string\" type=\"xs:string\"/></xs:sequence>";
                return;
            }
            "NoData" => {
                if let Some(field) = ty.field("extensions") {
                    self.out += "<xs:sequence>";
                    self.element(field.name, field.ty, 0);
                    self.out += "</xs:sequence>";
                }
                return;
            }
            "FilterOrStatus" => {
                if let Some(filter) = phase3::ty("StatusFilter") {
                    self.content(filter, member);
                }
                return;
            }
            "PrivateDataList" => {
                if let Kind::SequenceOf(item) = &ty.kind {
                    self.content(item, member);
                }
                return;
            }
            _ => {}
        }
        match &ty.kind {
            Kind::Enumerated(known) => self.enumeration(ty, known),
            Kind::BitString(known) => {
                self.out += "<xs:sequence>";
                for (name, _) in *known {
                    let name = names::element(ty.name, name);
                    self.out += &format!("<xs:element name=\"{name}\" type=\"xs:boolean\" minOccurs=\"0\"/>");
                }
                self.out += "</xs:sequence>";
            }
            Kind::Sequence(fields) => {
                self.out += "<xs:sequence>";
                match names::wrapper(ty.name) {
                    Some(wrapper) => {
                        self.out += &format!("<xs:element name=\"{wrapper}\"><xs:complexType><xs:sequence>");
                        self.members(ty, fields);
                        self.out += "</xs:sequence></xs:complexType></xs:element>";
                    }
                    None => self.members(ty, fields),
                }
                self.out += "</xs:sequence>";
            }
            Kind::SequenceOf(item) => {
                self.out += "<xs:sequence minOccurs=\"0\" maxOccurs=\"unbounded\">";
                self.element(names::item(ty.name, member), item, 1);
                self.out += "</xs:sequence>";
            }
            Kind::Choice(alternatives) => {
                self.out += "<xs:choice>";
                for field in *alternatives {
                    self.element(names::element(ty.name, field.name), field.ty, 1);
                }
                self.out += "</xs:choice>";
            }
            _ => {
                let base = builtin(ty, member).unwrap_or("xs:string");
                if is_simple(ty) {
                    self.out += &format!("<xs:restriction base=\"{base}\"/>");
                }
            }
        }
    }

    fn members(&mut self, ty: &'static Type, fields: &'static [Field]) {
        let order = names::order(ty.name);
        let mut sorted: Vec<_> = fields.iter().collect();
        sorted.sort_by_key(|field| order.iter().position(|name| *name == field.name));
        for field in sorted {
            let least = u8::from(field.presence == Presence::Required);
            if names::is_device_list(self.edition, ty.name, field.name) {
                self.out += &format!("<xs:element name=\"{}\"><xs:complexType>", field.name);
                self.out += "<xs:sequence maxOccurs=\"unbounded\">";
                self.element("device", field.ty, 1);
                self.out += "</xs:sequence></xs:complexType></xs:element>";
                continue;
            }
            let listed = |other: &Field| names::is_device_list(self.edition, ty.name, other.name);
            if field.name == names::MORE_DESTINATIONS && fields.iter().any(listed) {
                continue;
            }
            if ty.name == "DeviceHistory" && field.name == "oldDeviceID" {
                self.out += "<xs:element name=\"oldDeviceID\"><xs:complexType><xs:sequence>";
                self.element("numberDialed", field.ty, 1);
                self.out += "</xs:sequence></xs:complexType></xs:element>";
            } else {
                self.element(names::element(ty.name, field.name), field.ty, least);
            }
        }
    }

    /// A call, a device, or both.
    fn connection(&mut self) {
        self.out += "<xs:choice><xs:sequence><xs:element name=\"callID\" type=\"xs:string\"/>";
        self.device(0);
        self.out += "</xs:sequence>";
        self.device(1);
        self.out += "</xs:choice>";
    }

    fn device(&mut self, least: u8) {
        if let Some(ty) = phase3::ty("LocalDeviceID") {
            self.element("deviceID", ty, least);
        }
    }

    fn enumeration(&mut self, ty: &Type, known: Names) {
        self.out += "<xs:restriction base=\"xs:string\">";
        for (name, _) in known {
            let name = names::element(ty.name, name);
            self.out += &format!("<xs:enumeration value=\"{name}\"/>");
        }
        self.out += "</xs:restriction>";
    }
}

/// Whether a value is text alone. A CHOICE or a list that a name makes special is none.
fn is_simple(ty: &Type) -> bool {
    let special = matches!(
        ty.name,
        "DeviceID" | "LocalDeviceID" | "ConnectionID" | "ConnectionIDBody" | "CorrelatorData" | "UserData"
    );
    let text = matches!(
        ty.kind,
        Kind::Boolean
            | Kind::Integer(_)
            | Kind::OctetString
            | Kind::Ia5String
            | Kind::GeneralizedTime
            | Kind::Any
            | Kind::Enumerated(_)
    );
    text && !special
}

/// The type of XML Schema itself that has the values of `ty` in `member`.
fn builtin(ty: &Type, member: &str) -> Option<&'static str> {
    if !is_simple(ty) {
        return None;
    }
    match ty.kind {
        Kind::Boolean => Some("xs:boolean"),
        Kind::Integer(_) => Some("xs:integer"),
        Kind::OctetString if names::octets(ty.name, member) == Octets::Hexadecimal => Some("xs:hexBinary"),
        Kind::OctetString | Kind::Ia5String | Kind::GeneralizedTime | Kind::Any => Some("xs:string"),
        _ => None,
    }
}
