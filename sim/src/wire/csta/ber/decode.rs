//! From BER to values.

use super::{
    DEPTH_MAX, DecodeError,
    tlv::{Element, Reader, first},
};
use crate::wire::csta::{
    schema::{Field, Kind, Names, Presence, Type},
    value::{Enumerated, Value},
};

/// The value of type `ty` that `bytes` hold, and nothing beside it.
///
/// Members and enumeration values that the type does not know are passed over or kept as numbers; a choice that it does
/// not know is kept as [`Value::Any`].
///
/// # Errors
/// Where the bytes are no BER, are not of the type, or lack a member that it needs.
pub fn decode(ty: &Type, bytes: &[u8]) -> Result<Value, DecodeError> {
    let element = first(bytes)?;
    let extra = bytes.len() - element.whole.len();
    if extra > 0 {
        return Err(DecodeError::TrailingBytes(extra));
    }
    element_of(ty, element, 0)
}

fn element_of(ty: &Type, mut element: Element<'_>, depth: usize) -> Result<Value, DecodeError> {
    if depth > DEPTH_MAX {
        return Err(DecodeError::TooDeep);
    }
    let open = matches!(ty.kind, Kind::Choice(_) | Kind::Any);
    let wrappers = ty.tags.len() - usize::from(!open && !ty.tags.is_empty());
    for tag in &ty.tags[..wrappers] {
        if element.tag != *tag || !element.constructed {
            return Err(DecodeError::UnexpectedTag(ty.name));
        }
        let inner = first(element.content)?;
        if inner.whole.len() != element.content.len() {
            return Err(DecodeError::TrailingBytes(
                element.content.len() - inner.whole.len(),
            ));
        }
        element = inner;
    }
    match &ty.kind {
        Kind::Any => Ok(Value::Any(element.whole.to_vec())),
        Kind::Choice(alternatives) => match alternatives.iter().find(|field| field.ty.accepts(element.tag)) {
            Some(field) => {
                let value =
                    element_of(field.ty, element, depth + 1).map_err(|error| inside(field.name, error))?;
                Ok(Value::choice(field.name, value))
            }
            // An alternative of a later edition: kept, so that whoever asked can say that he does not know it.
            None if depth > 0 || wrappers > 0 => Ok(Value::Any(element.whole.to_vec())),
            None => Err(DecodeError::UnexpectedTag(ty.name)),
        },
        _ if ty.tags.last() != Some(&element.tag) => Err(DecodeError::UnexpectedTag(ty.name)),
        Kind::Sequence(fields) => sequence(fields, element, depth),
        Kind::SequenceOf(item) => {
            constructed(element, ty)?;
            let mut reader = Reader::new(element.content);
            let mut items = Vec::new();
            while let Some(inner) = reader.element()? {
                items.push(element_of(item, inner, depth + 1)?);
            }
            Ok(Value::List(items))
        }
        _ => primitive(ty, element),
    }
}

fn inside(name: &'static str, error: DecodeError) -> DecodeError {
    DecodeError::Inside(name, Box::new(error))
}

fn constructed(element: Element<'_>, ty: &Type) -> Result<(), DecodeError> {
    if element.constructed {
        Ok(())
    } else {
        Err(DecodeError::UnexpectedTag(ty.name))
    }
}

fn sequence(fields: &[Field], element: Element<'_>, depth: usize) -> Result<Value, DecodeError> {
    if !element.constructed {
        return Err(DecodeError::BadContent("sequence"));
    }
    let mut reader = Reader::new(element.content);
    let mut members = Vec::new();
    let mut expected = fields;
    while let Some(inner) = reader.element()? {
        // The first member from here on that can be meant. None: an extension, which is passed over.
        let Some(at) = expected.iter().position(|field| field.ty.accepts(inner.tag)) else {
            continue;
        };
        missing(&expected[..at])?;
        let field = &expected[at];
        let value = element_of(field.ty, inner, depth + 1).map_err(|error| inside(field.name, error))?;
        members.push((field.name, value));
        expected = &expected[at + 1..];
    }
    missing(expected)?;
    Ok(Value::Sequence(members))
}

fn missing(fields: &[Field]) -> Result<(), DecodeError> {
    match fields.iter().find(|field| field.presence == Presence::Required) {
        Some(field) => Err(DecodeError::MissingMember(field.name)),
        None => Ok(()),
    }
}

fn primitive(ty: &Type, element: Element<'_>) -> Result<Value, DecodeError> {
    let content = element.content;
    if matches!(
        ty.kind,
        Kind::OctetString | Kind::Ia5String | Kind::GeneralizedTime
    ) {
        let mut octets = Vec::with_capacity(content.len());
        segments(element, &mut octets, 0)?;
        return Ok(match ty.kind {
            Kind::OctetString => Value::Octets(octets),
            _ => Value::Text(octets.into_iter().map(char::from).collect()),
        });
    }
    if element.constructed {
        return Err(DecodeError::BadContent(ty.name));
    }
    match &ty.kind {
        Kind::Null => content
            .is_empty()
            .then_some(Value::Null)
            .ok_or(DecodeError::BadContent("NULL")),
        Kind::Boolean => match content {
            [value] => Ok(Value::Boolean(*value != 0)),
            _ => Err(DecodeError::BadContent("BOOLEAN")),
        },
        Kind::Integer(_) => Ok(Value::Integer(integer(content)?)),
        Kind::Enumerated(names) => Ok(Value::Enumerated(enumerated(names, integer(content)?))),
        Kind::BitString(_) => Ok(Value::Bits(bits(content)?)),
        Kind::ObjectIdentifier => Ok(Value::Oid(oid(content)?)),
        _ => Err(DecodeError::UnexpectedTag(ty.name)),
    }
}

/// A string in one piece, or in segments that are strings again (X.690 clause 8.7.3).
fn segments(element: Element<'_>, out: &mut Vec<u8>, depth: usize) -> Result<(), DecodeError> {
    if !element.constructed {
        out.extend_from_slice(element.content);
        return Ok(());
    }
    if depth >= DEPTH_MAX {
        return Err(DecodeError::TooDeep);
    }
    let mut reader = Reader::new(element.content);
    while let Some(inner) = reader.element()? {
        segments(inner, out, depth + 1)?;
    }
    Ok(())
}

fn integer(content: &[u8]) -> Result<i64, DecodeError> {
    let negative = content.first().ok_or(DecodeError::BadContent("INTEGER"))? & 0x80 != 0;
    if content.len() > 8 {
        return Err(DecodeError::Oversized);
    }
    let start = if negative { -1 } else { 0 };
    Ok(content
        .iter()
        .fold(start, |value: i64, byte| value << 8 | i64::from(*byte)))
}

fn enumerated(names: Names, number: i64) -> Enumerated {
    let row = names.iter().find(|(_, known)| *known == number);
    row.map_or(Enumerated::Other(number), |(name, _)| Enumerated::Named(name))
}

/// The bits as a set. What is beyond bit 63 has no name in any edition and is dropped.
fn bits(content: &[u8]) -> Result<u64, DecodeError> {
    let [unused @ 0..=7, octets @ ..] = content else {
        return Err(DecodeError::BadContent("BIT STRING"));
    };
    let Some((last, _)) = octets.split_last() else {
        return if *unused == 0 {
            Ok(0)
        } else {
            Err(DecodeError::BadContent("BIT STRING"))
        };
    };
    let mut set = 0;
    for (at, octet) in octets.iter().take(8).enumerate() {
        let octet = if at + 1 == octets.len() {
            last >> unused << unused
        } else {
            *octet
        };
        set |= u64::from(octet.reverse_bits()) << (8 * at);
    }
    Ok(set)
}

fn oid(content: &[u8]) -> Result<Vec<u64>, DecodeError> {
    if content.last().is_none_or(|last| last & 0x80 != 0) {
        return Err(DecodeError::BadContent("OBJECT IDENTIFIER"));
    }
    let mut arcs = Vec::new();
    let mut arc: u64 = 0;
    for byte in content {
        if arc >> 57 != 0 {
            return Err(DecodeError::Oversized);
        }
        arc = arc << 7 | u64::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            if arcs.is_empty() {
                let top = (arc / 40).min(2);
                arcs.push(top);
                arc -= top * 40;
            }
            arcs.push(arc);
            arc = 0;
        }
    }
    Ok(arcs)
}
