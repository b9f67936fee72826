//! From values to documents.

use super::{
    MONITOR, Style,
    names::{self, Octets},
};
use crate::wire::csta::{
    ber::EncodeError,
    message::WriteError,
    schema::{Field, Kind, Names, Presence, Type, phase3},
    value::{Enumerated, Value, hex},
};

pub(super) struct Writer {
    out: String,
    /// The prefix with its colon, or nothing.
    prefix: String,
    edition: u8,
}

type Attributes = Vec<(&'static str, String)>;

fn wrong(value: &Value, ty: &Type) -> WriteError {
    EncodeError::WrongShape(value.to_string(), ty.name).into()
}

impl Writer {
    pub fn new(style: &Style) -> Self {
        let prolog = if style.prolog {
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
        } else {
            ""
        };
        let prefix = if style.prefix.is_empty() {
            String::new()
        } else {
            format!("{}:", style.prefix)
        };
        Writer {
            out: prolog.to_owned(),
            prefix,
            edition: style.edition,
        }
    }

    pub fn finish(self) -> String {
        self.out
    }

    pub fn root(
        &mut self,
        name: &str,
        namespace: &str,
        monitor: Option<&[u8]>,
        ty: &'static str,
        value: &Value,
    ) -> Result<(), WriteError> {
        let ty = phase3::ty(ty).ok_or(EncodeError::UnknownName(ty, "the schema"))?;
        let prefix = self.prefix.trim_end_matches(':');
        let colon = if prefix.is_empty() { "" } else { ":" };
        self.out += &format!("<{}{name} xmlns{colon}{prefix}=\"{namespace}\">", self.prefix);
        if let Some(monitor) = monitor {
            self.leaf(MONITOR, &octets(Octets::Text, monitor)?);
        }
        self.content(ty, "", value)?;
        self.out += &format!("</{}{name}>", self.prefix);
        Ok(())
    }

    fn leaf(&mut self, name: &str, text: &str) {
        let escaped = quick_xml::escape::escape(text);
        self.out += &format!("<{p}{name}>{escaped}</{p}{name}>", p = self.prefix);
    }

    fn element(&mut self, name: &str, ty: &Type, value: &Value) -> Result<(), WriteError> {
        let attributes = attributes(ty, value)?;
        self.out += &format!("<{}{name}", self.prefix);
        for (key, text) in attributes {
            self.out += &format!(" {key}=\"{}\"", quick_xml::escape::escape(&text));
        }
        self.out.push('>');
        self.content(ty, name, value)?;
        self.out += &format!("</{}{name}>", self.prefix);
        Ok(())
    }

    fn text(&mut self, text: &str) {
        self.out += &quick_xml::escape::escape(text);
    }

    fn content(&mut self, ty: &Type, name: &str, value: &Value) -> Result<(), WriteError> {
        match (ty.name, value) {
            ("DeviceID" | "LocalDeviceID", _) => return self.device(ty, value),
            ("ConnectionID" | "ConnectionIDBody", _) => return self.connection(ty, value),
            ("NoData", Value::Choice("noData", _)) => return Ok(()),
            ("FilterOrStatus", Value::Choice("filter", filter)) => {
                let ty = phase3::ty("StatusFilter")
                    .ok_or(EncodeError::UnknownName("StatusFilter", "the schema"))?;
                return self.content(ty, name, filter);
            }
            ("FilterOrStatus", _) => return Err(WriteError::NoForm("a status as a filter")),
            ("CorrelatorData" | "UserData", Value::Octets(data)) => {
                self.leaf("string", &octets(Octets::Either, data)?);
                return Ok(());
            }
            _ => {}
        }
        match (&ty.kind, value) {
            (Kind::Null, Value::Null) => {}
            (Kind::Boolean, Value::Boolean(value)) => self.text(if *value { "true" } else { "false" }),
            (Kind::Integer(_), Value::Integer(value)) => self.text(&value.to_string()),
            (Kind::Enumerated(known), Value::Enumerated(value)) => self.text(&enumerated(ty, known, *value)?),
            (Kind::BitString(known), Value::Bits(bits)) => self.bits(ty, known, *bits)?,
            (Kind::OctetString, Value::Octets(data)) => {
                self.text(&octets(names::octets(ty.name, name), data)?)
            }
            (Kind::Ia5String | Kind::GeneralizedTime, Value::Text(text)) => self.text(&text_of(text)?),
            (Kind::Sequence(fields), Value::Sequence(members)) => self.sequence(ty, fields, members)?,
            (Kind::SequenceOf(item), Value::List(values)) if ty.name == "PrivateDataList" => {
                // ECMA-323 has the element itself where ECMA-285 has a list: the first item is the element's content.
                let [value] = &values[..] else {
                    return Err(WriteError::NoForm("private data in several parts"));
                };
                self.content(item, name, value)?;
            }
            (Kind::SequenceOf(item), Value::List(values)) => {
                for value in values {
                    self.element(names::item(ty.name, name), item, value)?;
                }
            }
            (Kind::Choice(_), Value::Choice(chosen, value)) => {
                let field = ty
                    .field(chosen)
                    .ok_or(EncodeError::UnknownMember(chosen, ty.name))?;
                self.element(names::element(ty.name, field.name), field.ty, value)?;
            }
            (Kind::Any, Value::Any(bytes)) => self.text(&hex(bytes)),
            (_, value) => return Err(wrong(value, ty)),
        }
        Ok(())
    }

    fn sequence(
        &mut self,
        ty: &Type,
        fields: &'static [Field],
        members: &[(&'static str, Value)],
    ) -> Result<(), WriteError> {
        if let Some((name, _)) = members.iter().find(|(name, _)| ty.field(name).is_none()) {
            return Err(EncodeError::UnknownMember(name, ty.name).into());
        }
        let wrapper = names::wrapper(ty.name);
        if let Some(wrapper) = wrapper {
            self.out += &format!("<{}{wrapper}>", self.prefix);
        }
        let order = names::order(ty.name);
        let place = |field: &Field| order.iter().position(|name| *name == field.name);
        let mut sorted: Vec<_> = fields.iter().collect();
        sorted.sort_by_key(|field| place(field));
        let listed = |field: &Field| names::is_device_list(self.edition, ty.name, field.name);
        let list = sorted.iter().find(|field| listed(field)).copied();
        for field in sorted {
            if list.is_some() && field.name == names::MORE_DESTINATIONS {
                continue;
            }
            match members.iter().find(|(name, _)| *name == field.name) {
                Some((_, value)) if ty.name == "DeviceHistory" && field.name == "oldDeviceID" => {
                    self.out += &format!("<{}oldDeviceID>", self.prefix);
                    self.element("numberDialed", field.ty, value)?;
                    self.out += &format!("</{}oldDeviceID>", self.prefix);
                }
                Some((_, value)) if list.is_some_and(|list| list.name == field.name) => {
                    self.out += &format!("<{}{}>", self.prefix, field.name);
                    self.element("device", field.ty, value)?;
                    let more = members.iter().find(|(name, _)| *name == names::MORE_DESTINATIONS);
                    for value in more.map(|(_, more)| more.items()).unwrap_or_default() {
                        self.element("device", field.ty, value)?;
                    }
                    self.out += &format!("</{}{}>", self.prefix, field.name);
                }
                Some((_, value)) => self.element(names::element(ty.name, field.name), field.ty, value)?,
                None if field.presence == Presence::Required => {
                    return Err(EncodeError::MissingMember(field.name).into());
                }
                None => {}
            }
        }
        if let Some(wrapper) = wrapper {
            self.out += &format!("</{}{wrapper}>", self.prefix);
        }
        Ok(())
    }

    fn bits(&mut self, ty: &Type, known: Names, bits: u64) -> Result<(), WriteError> {
        let mask = known.iter().fold(0, |mask, (_, bit)| mask | 1u64 << bit);
        if bits & !mask != 0 {
            return Err(wrong(&Value::Bits(bits), ty));
        }
        for (name, bit) in known {
            if bits >> bit & 1 == 1 {
                self.leaf(names::element(ty.name, name), "true");
            }
        }
        Ok(())
    }

    /// A device is its number as text, and what kind of number it is as an attribute.
    fn device(&mut self, ty: &Type, value: &Value) -> Result<(), WriteError> {
        let text = match value {
            Value::Choice("dynamicID", id) => {
                octets(Octets::Text, id.as_octets().ok_or_else(|| wrong(value, ty))?)?
            }
            _ => {
                let device = if let Value::Choice("staticID", device) = value {
                    device
                } else {
                    value
                };
                let (_, number) = device
                    .get("deviceIdentifier")
                    .and_then(Value::chosen)
                    .ok_or_else(|| wrong(value, ty))?;
                match number.chosen().map_or(number, |(_, number)| number) {
                    Value::Text(number) => text_of(number)?,
                    Value::Integer(number) => number.to_string(),
                    Value::Octets(number) => octets(Octets::Text, number)?,
                    _ => return Err(wrong(value, ty)),
                }
            }
        };
        self.text(&text);
        Ok(())
    }

    fn connection(&mut self, ty: &Type, value: &Value) -> Result<(), WriteError> {
        let (call, device) = match value {
            Value::Choice("callID", call) => (Some(&**call), None),
            Value::Choice("deviceID", device) => (None, Some(&**device)),
            Value::Choice("both", both) => (both.get("callID"), both.get("deviceID")),
            _ => return Err(wrong(value, ty)),
        };
        if let Some(call) = call {
            self.leaf(
                "callID",
                &octets(Octets::Text, call.as_octets().ok_or_else(|| wrong(value, ty))?)?,
            );
        }
        if let Some(device) = device {
            let local =
                phase3::ty("LocalDeviceID").ok_or(EncodeError::UnknownName("LocalDeviceID", "the schema"))?;
            self.element("deviceID", local, device)?;
        }
        Ok(())
    }
}

fn attributes(ty: &Type, value: &Value) -> Result<Attributes, WriteError> {
    let device = match (ty.name, value) {
        ("DeviceID", device) => device,
        ("LocalDeviceID", Value::Choice("staticID", device)) => &**device,
        ("LocalDeviceID", _) => return Ok(vec![("typeOfNumber", "dynamic".into())]),
        _ => return Ok(Vec::new()),
    };
    let (plan, number) = device
        .get("deviceIdentifier")
        .and_then(Value::chosen)
        .ok_or_else(|| wrong(value, ty))?;
    let mut attributes = Vec::new();
    match number.chosen() {
        Some((kind, _)) => attributes.push(("typeOfNumber", format!("{plan}:{kind}"))),
        None if plan != "dialingNumber" => attributes.push(("typeOfNumber", plan.to_owned())),
        None => {}
    }
    if device.get("privateNumber").is_some() || device.get("privateName").is_some() {
        return Err(WriteError::NoForm("a device's private number or name"));
    }
    let Some(media) = device.get("mediaCallCharacteristics") else {
        return Ok(attributes);
    };
    let media_type = phase3::ty("MediaCallCharacteristics").ok_or_else(|| wrong(value, ty))?;
    let Kind::Sequence(fields) = &media_type.kind else {
        return Err(wrong(value, ty));
    };
    for field in *fields {
        let text = match (media.get(field.name), &field.ty.kind) {
            (None, _) => continue,
            (Some(Value::Bits(bits)), Kind::BitString(known)) => {
                let set: Vec<_> = known
                    .iter()
                    .filter(|(_, bit)| bits >> bit & 1 == 1)
                    .map(|(name, _)| *name)
                    .collect();
                set.join(" ")
            }
            (Some(Value::Integer(number)), _) => number.to_string(),
            (Some(Value::Enumerated(value)), Kind::Enumerated(known)) => enumerated(field.ty, known, *value)?,
            (Some(Value::Octets(data)), _) => hex(data),
            (Some(value), _) => return Err(wrong(value, field.ty)),
        };
        attributes.push((field.name, text));
    }
    Ok(attributes)
}

fn enumerated(ty: &Type, known: Names, value: Enumerated) -> Result<String, WriteError> {
    match value {
        Enumerated::Named(name) if known.iter().any(|(known, _)| *known == name) => {
            Ok(names::element(ty.name, name).to_owned())
        }
        Enumerated::Named(name) => Err(EncodeError::UnknownName(name, ty.name).into()),
        Enumerated::Other(number) => Ok(number.to_string()),
    }
}

/// Text that XML can carry.
fn text_of(text: &str) -> Result<String, WriteError> {
    match text.chars().find(|c| c.is_control() && !matches!(c, '\t' | '\n')) {
        None => Ok(text.to_owned()),
        Some(_) => Err(WriteError::NoForm("a control character")),
    }
}

fn octets(how: Octets, data: &[u8]) -> Result<String, WriteError> {
    let plain = std::str::from_utf8(data)
        .ok()
        .filter(|_| data.iter().all(u8::is_ascii_graphic));
    match (how, plain) {
        (Octets::Text, Some(text)) => Ok(text.to_owned()),
        (Octets::Text, None) => Err(WriteError::NoForm("an identifier that is no text")),
        (Octets::Either, Some(text)) if !super::read::is_hex(text) => Ok(text.to_owned()),
        _ => Ok(hex(data)),
    }
}
