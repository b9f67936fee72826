//! From values to BER.

use super::{
    EncodeError,
    tlv::{base128, enclose},
};
use crate::wire::csta::{
    schema::{Field, Kind, Names, Presence, Tag, Type},
    value::{Enumerated, Value},
};

/// `value` as BER of type `ty`.
///
/// # Errors
/// Where the value does not have the type's shape, names a member that the type lacks, or lacks one that it needs.
pub fn encode(ty: &Type, value: &Value) -> Result<Vec<u8>, EncodeError> {
    let mut out = Vec::with_capacity(64);
    write(&mut out, ty, value)?;
    Ok(out)
}

fn write(out: &mut Vec<u8>, ty: &Type, value: &Value) -> Result<(), EncodeError> {
    let constructed = matches!(
        ty.kind,
        Kind::Sequence(_) | Kind::SequenceOf(_) | Kind::Choice(_) | Kind::Any
    );
    tagged(out, ty.tags, constructed, &mut |out| content(out, ty, value))
}

fn tagged(
    out: &mut Vec<u8>,
    tags: &[Tag],
    constructed: bool,
    content: &mut dyn FnMut(&mut Vec<u8>) -> Result<(), EncodeError>,
) -> Result<(), EncodeError> {
    let Some((tag, inner)) = tags.split_first() else {
        return content(out);
    };
    let start = out.len();
    tagged(out, inner, constructed, content)?;
    enclose(out, start, *tag, constructed || !inner.is_empty());
    Ok(())
}

fn content(out: &mut Vec<u8>, ty: &Type, value: &Value) -> Result<(), EncodeError> {
    match (&ty.kind, value) {
        (Kind::Null, Value::Null) => {}
        (Kind::Boolean, Value::Boolean(value)) => out.push(if *value { 0xFF } else { 0 }),
        (Kind::Integer(_), Value::Integer(value)) => integer(out, *value),
        (Kind::Enumerated(names), Value::Enumerated(value)) => integer(out, number(names, *value, ty)?),
        (Kind::BitString(_), Value::Bits(value)) => bits(out, *value),
        (Kind::OctetString, Value::Octets(octets)) | (Kind::Any | Kind::Choice(_), Value::Any(octets)) => {
            out.extend_from_slice(octets);
        }
        (Kind::Ia5String | Kind::GeneralizedTime, Value::Text(text)) => latin1(out, text, ty)?,
        (Kind::ObjectIdentifier, Value::Oid(arcs)) => oid(out, arcs, ty)?,
        (Kind::Sequence(fields), Value::Sequence(members)) => sequence(out, fields, members, ty)?,
        (Kind::SequenceOf(item), Value::List(values)) => {
            for value in values {
                write(out, item, value)?;
            }
        }
        (Kind::Choice(_), Value::Choice(name, value)) => {
            let field = ty.field(name).ok_or(EncodeError::UnknownMember(name, ty.name))?;
            write(out, field.ty, value).map_err(|error| EncodeError::Inside(field.name, Box::new(error)))?;
        }
        (_, value) => return Err(EncodeError::WrongShape(value.to_string(), ty.name)),
    }
    Ok(())
}

fn sequence(
    out: &mut Vec<u8>,
    fields: &[Field],
    members: &[(&'static str, Value)],
    ty: &Type,
) -> Result<(), EncodeError> {
    if let Some((name, _)) = members.iter().find(|(name, _)| ty.field(name).is_none()) {
        return Err(EncodeError::UnknownMember(name, ty.name));
    }
    for field in fields {
        match members.iter().find(|(name, _)| *name == field.name) {
            Some((_, value)) => {
                write(out, field.ty, value)
                    .map_err(|error| EncodeError::Inside(field.name, Box::new(error)))?;
            }
            None if field.presence == Presence::Required => {
                return Err(EncodeError::MissingMember(field.name));
            }
            None => {}
        }
    }
    Ok(())
}

fn number(names: Names, value: Enumerated, ty: &Type) -> Result<i64, EncodeError> {
    match value {
        Enumerated::Other(number) => Ok(number),
        Enumerated::Named(name) => {
            let row = names.iter().find(|(known, _)| *known == name);
            row.map(|(_, number)| *number)
                .ok_or(EncodeError::UnknownName(name, ty.name))
        }
    }
}

/// Two's complement in as few bytes as hold it (X.690 clause 8.3).
fn integer(out: &mut Vec<u8>, value: i64) {
    let bytes = value.to_be_bytes();
    let spare = (0..7).take_while(|at| {
        let fill = if value < 0 { 0xFF } else { 0 };
        bytes[*at] == fill && (bytes[at + 1] ^ fill) & 0x80 == 0
    });
    out.extend_from_slice(&bytes[spare.count()..]);
}

/// Named bits without trailing zeros (X.690 clause 8.6).
fn bits(out: &mut Vec<u8>, value: u64) {
    let length = (u64::BITS - value.leading_zeros()) as usize;
    out.push((length.div_ceil(8) * 8 - length) as u8);
    out.extend_from_slice(&value.reverse_bits().to_be_bytes()[..length.div_ceil(8)]);
}

fn latin1(out: &mut Vec<u8>, text: &str, ty: &Type) -> Result<(), EncodeError> {
    for character in text.chars() {
        let byte = u8::try_from(character).map_err(|_| EncodeError::WrongShape(text.to_owned(), ty.name))?;
        out.push(byte);
    }
    Ok(())
}

fn oid(out: &mut Vec<u8>, arcs: &[u64], ty: &Type) -> Result<(), EncodeError> {
    let wrong = || EncodeError::WrongShape(Value::Oid(arcs.to_vec()).to_string(), ty.name);
    let [top @ 0..=2, second, rest @ ..] = arcs else {
        return Err(wrong());
    };
    if *top < 2 && *second >= 40 {
        return Err(wrong());
    }
    base128(out, second.checked_add(top * 40).ok_or_else(wrong)?);
    rest.iter().for_each(|arc| base128(out, *arc));
    Ok(())
}
