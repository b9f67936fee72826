//! From documents to values.

use super::{
    names::{self, Octets},
    node::Node,
};
use crate::wire::csta::{
    schema::{Field, Kind, Names, Presence, Type, phase3},
    value::{Enumerated, Value},
};

type Read = Result<Value, String>;

/// The value of type `ty` that element `node` holds.
pub(super) fn value(ty: &'static Type, node: &Node) -> Read {
    inside(node, content(ty, node))
}

fn inside(node: &Node, result: Read) -> Read {
    result.map_err(|error| format!("in {}: {error}", node.name))
}

fn content(ty: &'static Type, node: &Node) -> Read {
    match ty.name {
        "DeviceID" => return device(node),
        "LocalDeviceID" => return local_device(node),
        "ConnectionID" | "ConnectionIDBody" => return connection(node),
        "FilterOrStatus" => {
            let filter = phase3::ty("StatusFilter").ok_or("the schema lacks StatusFilter")?;
            return Ok(Value::choice("filter", content(filter, node)?));
        }
        "NoData" if node.child("extensions").is_none() => return Ok(Value::choice("noData", Value::Null)),
        _ => {}
    }
    let text = node.text.trim();
    match &ty.kind {
        Kind::Null => Ok(Value::Null),
        Kind::Boolean => boolean(text),
        Kind::Integer(_) => text
            .parse()
            .map(Value::Integer)
            .map_err(|_| format!("{text:?} is no number")),
        Kind::Enumerated(known) => enumerated(ty, known, text).map(Value::Enumerated),
        Kind::BitString(known) => bits(ty, known, node),
        Kind::OctetString if names::is_in_string(ty.name) => {
            let text = node.child("string").map_or(&node.text, |string| &string.text);
            Ok(Value::Octets(octets(Octets::Either, text)))
        }
        Kind::OctetString => Ok(Value::Octets(octets(
            names::octets(ty.name, &node.name),
            &node.text,
        ))),
        Kind::Ia5String => Ok(Value::Text(latin1(&node.text)?)),
        Kind::GeneralizedTime => Ok(Value::Text(latin1(text)?)),
        Kind::Any => Ok(Value::Any(any(text))),
        Kind::Sequence(fields) => sequence(ty, fields, node),
        Kind::SequenceOf(item) if ty.name == "PrivateDataList" => Ok(Value::List(vec![value(item, node)?])),
        Kind::SequenceOf(item) => {
            let element = names::item(ty.name, &node.name);
            let items = node.children.iter().filter(|child| child.name == element);
            items
                .map(|child| value(item, child))
                .collect::<Result<_, _>>()
                .map(Value::List)
        }
        Kind::Choice(alternatives) => choice(ty, alternatives, node),
        Kind::ObjectIdentifier => Err("object identifiers have no form in XML".into()),
    }
}

fn boolean(text: &str) -> Read {
    match text {
        "true" | "1" => Ok(Value::Boolean(true)),
        "false" | "0" => Ok(Value::Boolean(false)),
        _ => Err(format!("{text:?} is neither true nor false")),
    }
}

fn enumerated(ty: &Type, known: Names, text: &str) -> Result<Enumerated, String> {
    let row = known
        .iter()
        .find(|(name, _)| names::element(ty.name, name) == text);
    match (row, text.parse()) {
        (Some((name, _)), _) => Ok(Enumerated::Named(name)),
        (None, Ok(number)) => Ok(Enumerated::Other(number)),
        (None, Err(_)) => Err(format!("{} has no value {text:?}", ty.name)),
    }
}

fn bits(ty: &Type, known: Names, node: &Node) -> Read {
    let mut bits = 0;
    for child in &node.children {
        if let Some((_, bit)) = known
            .iter()
            .find(|(name, _)| names::element(ty.name, name) == child.name)
            && inside(child, boolean(child.text.trim()))? == Value::Boolean(true)
        {
            bits |= 1 << bit;
        }
    }
    Ok(Value::Bits(bits))
}

fn sequence(ty: &'static Type, fields: &'static [Field], node: &Node) -> Read {
    let node = names::wrapper(ty.name)
        .and_then(|wrapper| node.child(wrapper))
        .unwrap_or(node);
    let mut members = Vec::new();
    let list = |field: &'static Field| {
        let child = node.child(field.name)?;
        let is_list = names::is_device_list(u8::MAX, ty.name, field.name) && !child.children.is_empty();
        is_list.then_some((field, child))
    };
    let list = fields.iter().find_map(list);
    for field in fields {
        match node.child(names::element(ty.name, field.name)) {
            Some(child) if list.is_some_and(|(list, _)| list.name == field.name) => {
                let first = child.children.first().ok_or("a list of devices is empty")?;
                members.push((field.name, value(field.ty, first)?));
            }
            None if field.name == names::MORE_DESTINATIONS && list.is_some() => {
                let Some((single, child)) = list else { continue };
                let more = child.children.iter().skip(1);
                let more = more
                    .map(|child| value(single.ty, child))
                    .collect::<Result<Vec<_>, _>>()?;
                if !more.is_empty() {
                    members.push((field.name, Value::List(more)));
                }
            }
            Some(child) => {
                let inner = child.child("numberDialed").filter(|_| ty.name == "DeviceHistory");
                members.push((field.name, value(field.ty, inner.unwrap_or(child))?));
            }
            None if field.presence == Presence::Required => return Err(format!("{} is missing", field.name)),
            None => {}
        }
    }
    Ok(Value::Sequence(members))
}

fn choice(ty: &'static Type, alternatives: &'static [Field], node: &Node) -> Read {
    for child in &node.children {
        if let Some(field) = alternatives
            .iter()
            .find(|field| names::element(ty.name, field.name) == child.name)
        {
            return Ok(Value::choice(field.name, value(field.ty, child)?));
        }
    }
    Err(format!("none of the alternatives of {} is there", ty.name))
}

fn identifier(plan: &str, text: &str) -> Read {
    let (plan, kind) = plan
        .split_once(':')
        .map_or((plan, None), |(plan, kind)| (plan, Some(kind)));
    let identifiers = phase3::ty("DeviceIdentifier").ok_or("the schema lacks DeviceIdentifier")?;
    let field = identifiers
        .field(plan)
        .ok_or_else(|| format!("{plan:?} is no type of number"))?;
    let number = match (&field.ty.kind, kind) {
        (Kind::Integer(_), None) => text
            .trim()
            .parse()
            .map(Value::Integer)
            .map_err(|_| format!("{text:?} is no number"))?,
        (Kind::OctetString, None) => Value::Octets(octets(Octets::Text, text)),
        (Kind::Choice(_), Some(kind)) => {
            let kind = field
                .ty
                .field(kind)
                .ok_or_else(|| format!("{kind:?} is no type of number"))?;
            Value::choice(kind.name, Value::Text(latin1(text)?))
        }
        (Kind::Ia5String, None) => Value::Text(latin1(text)?),
        _ => return Err(format!("{plan:?} is no type of number")),
    };
    Ok(Value::choice(field.name, number))
}

fn device(node: &Node) -> Read {
    let plan = node.attribute("typeOfNumber").unwrap_or("dialingNumber");
    let device = Value::sequence([("deviceIdentifier", identifier(plan, &node.text)?)]);
    let media = node.attribute("mediaClass").map(|_| media(node)).transpose()?;
    Ok(device.with("mediaCallCharacteristics", media))
}

fn media(node: &Node) -> Read {
    let ty = phase3::ty("MediaCallCharacteristics").ok_or("the schema lacks MediaCallCharacteristics")?;
    let Kind::Sequence(fields) = &ty.kind else {
        return Err("MediaCallCharacteristics is no sequence".into());
    };
    let mut members = Vec::new();
    for field in *fields {
        let Some(text) = node.attribute(field.name) else {
            continue;
        };
        let value = match &field.ty.kind {
            Kind::BitString(known) => {
                let named = |name: &str| known.iter().find(|(known, _)| *known == name);
                Value::Bits(
                    text.split_whitespace()
                        .filter_map(named)
                        .fold(0, |bits, (_, bit)| bits | 1 << bit),
                )
            }
            Kind::Enumerated(known) => Value::Enumerated(enumerated(field.ty, known, text)?),
            Kind::Integer(_) => text
                .parse()
                .map(Value::Integer)
                .map_err(|_| format!("{text:?} is no number"))?,
            _ => Value::Octets(octets(Octets::Hexadecimal, text)),
        };
        members.push((field.name, value));
    }
    Ok(Value::Sequence(members))
}

fn local_device(node: &Node) -> Read {
    match node.attribute("typeOfNumber") {
        Some("dynamic") => Ok(Value::choice(
            "dynamicID",
            Value::Octets(octets(Octets::Text, &node.text)),
        )),
        _ => Ok(Value::choice("staticID", device(node)?)),
    }
}

fn connection(node: &Node) -> Read {
    let call = node
        .child("callID")
        .map(|child| Value::Octets(octets(Octets::Text, &child.text)));
    let device = node
        .child("deviceID")
        .map(|child| inside(child, local_device(child)))
        .transpose()?;
    match (call, device) {
        (Some(call), Some(device)) => Ok(Value::choice(
            "both",
            Value::sequence([("callID", call), ("deviceID", device)]),
        )),
        (Some(call), None) => Ok(Value::choice("callID", call)),
        (None, Some(device)) => Ok(Value::choice("deviceID", device)),
        (None, None) => Err("a connection has neither callID nor deviceID".into()),
    }
}

fn latin1(text: &str) -> Result<String, String> {
    match text.chars().find(|character| u32::from(*character) > 0xFF) {
        None => Ok(text.to_owned()),
        Some(character) => Err(format!("{character:?} has no place in this text")),
    }
}

/// Whether `text` can be read as hexadecimal.
pub(super) fn is_hex(text: &str) -> bool {
    text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The octets that `text` stands for.
pub(super) fn octets(how: Octets, text: &str) -> Vec<u8> {
    let text = text.trim();
    if how == Octets::Text || !is_hex(text) {
        return text.as_bytes().to_vec();
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or_default() as u8;
    text.as_bytes()
        .chunks_exact(2)
        .map(|pair| digit(pair[0]) << 4 | digit(pair[1]))
        .collect()
}

/// Private data of a maker: BER in hexadecimal, or any text, which becomes an OCTET STRING.
fn any(text: &str) -> Vec<u8> {
    let bytes = octets(Octets::Hexadecimal, text);
    match crate::wire::csta::ber::first(&bytes) {
        Ok(element) if element.whole.len() == bytes.len() && is_hex(text) => bytes,
        _ => {
            let octets = Value::Octets(text.as_bytes().to_vec());
            let ty = phase3::ty("AccountInfo");
            ty.and_then(|ty| crate::wire::csta::ber::encode(ty, &octets).ok())
                .unwrap_or_default()
        }
    }
}
