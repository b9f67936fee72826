//! Values of CSTA's types, the same whatever encoding they came in.

use std::fmt;

/// A value. Its shape follows the type in [`super::schema`] that it is read or written by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// NULL: the alternative that has no more to say.
    Null,
    /// BOOLEAN.
    Boolean(bool),
    /// INTEGER.
    Integer(i64),
    /// ENUMERATED.
    Enumerated(Enumerated),
    /// BIT STRING with named bits: bit `n` of the standard is `1 << n`. Bits above 63 have no name anywhere.
    Bits(u64),
    /// OCTET STRING.
    Octets(Vec<u8>),
    /// IA5String or GeneralizedTime. Peers send Latin-1 here, which is kept.
    Text(String),
    /// OBJECT IDENTIFIER, by arcs.
    Oid(Vec<u64>),
    /// ANY, or something that the type does not know: the BER element as it came.
    Any(Vec<u8>),
    /// SEQUENCE: the members that are there, in the order of the type.
    Sequence(Vec<(&'static str, Value)>),
    /// SEQUENCE OF.
    List(Vec<Value>),
    /// CHOICE: the alternative, and its value.
    Choice(&'static str, Box<Value>),
}

/// A value of an enumeration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enumerated {
    /// One that the standard names.
    Named(&'static str),
    /// One that a later edition or a manufacturer has added.
    Other(i64),
}

impl Value {
    /// A sequence with `members`.
    pub fn sequence<const N: usize>(members: [(&'static str, Value); N]) -> Self {
        Value::Sequence(members.into())
    }

    /// The alternative `name`.
    pub fn choice(name: &'static str, value: Value) -> Self {
        Value::Choice(name, Box::new(value))
    }

    /// The enumeration value `name`.
    pub fn named(name: &'static str) -> Self {
        Value::Enumerated(Enumerated::Named(name))
    }

    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Value::Text(text.into())
    }

    /// Adds member `name` where there is a value. Does nothing on what is no sequence.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Option<Value>>) -> Self {
        if let (Value::Sequence(members), Some(value)) = (&mut self, value.into()) {
            members.push((name, value));
        }
        self
    }

    /// The member `name` of a sequence, or the value of the alternative `name` where that one is chosen.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Value::Sequence(members) => members
                .iter()
                .find(|(member, _)| *member == name)
                .map(|(_, value)| value),
            Value::Choice(chosen, value) if *chosen == name => Some(value),
            _ => None,
        }
    }

    /// The alternative of a choice and its value.
    pub fn chosen(&self) -> Option<(&'static str, &Value)> {
        match self {
            Value::Choice(name, value) => Some((name, value)),
            _ => None,
        }
    }

    /// Text, where this is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Octets, where this is an octet string.
    pub fn as_octets(&self) -> Option<&[u8]> {
        match self {
            Value::Octets(octets) => Some(octets),
            _ => None,
        }
    }

    /// The truth value, where this is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Boolean(value) => Some(*value),
            _ => None,
        }
    }

    /// The number, where this is one.
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Value::Integer(value) => Some(*value),
            _ => None,
        }
    }

    /// The name of an enumeration value, where it has one.
    pub fn as_name(&self) -> Option<&'static str> {
        match self {
            Value::Enumerated(Enumerated::Named(name)) => Some(name),
            _ => None,
        }
    }

    /// The bits, where this is a bit string.
    pub fn as_bits(&self) -> Option<u64> {
        match self {
            Value::Bits(bits) => Some(*bits),
            _ => None,
        }
    }

    /// The items of a list, none where this is no list.
    pub fn items(&self) -> &[Value] {
        match self {
            Value::List(items) => items,
            _ => &[],
        }
    }
}

/// One line, in ASN.1's value notation, for traces.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => f.write_str("NULL"),
            Value::Boolean(value) => f.write_str(if *value { "TRUE" } else { "FALSE" }),
            Value::Integer(value) => write!(f, "{value}"),
            Value::Enumerated(Enumerated::Named(name)) => f.write_str(name),
            Value::Enumerated(Enumerated::Other(number)) => write!(f, "{number}"),
            Value::Bits(bits) => {
                let set: Vec<_> = (0..64)
                    .filter(|bit| bits >> bit & 1 == 1)
                    .map(|bit| bit.to_string())
                    .collect();
                write!(f, "{{{}}}", set.join(" "))
            }
            Value::Octets(octets) if !octets.is_empty() && octets.iter().all(u8::is_ascii_graphic) => {
                write!(f, "'{}'", octets.escape_ascii())
            }
            Value::Octets(octets) | Value::Any(octets) => write!(f, "'{}'H", hex(octets)),
            Value::Text(text) => write!(f, "{text:?}"),
            Value::Oid(arcs) => {
                let arcs: Vec<_> = arcs.iter().map(u64::to_string).collect();
                f.write_str(&arcs.join("."))
            }
            Value::Sequence(members) => {
                f.write_str("{")?;
                for (at, (name, value)) in members.iter().enumerate() {
                    write!(f, "{}{name} {value}", if at == 0 { "" } else { ", " })?;
                }
                f.write_str("}")
            }
            Value::List(items) => {
                f.write_str("{")?;
                for (at, value) in items.iter().enumerate() {
                    write!(f, "{}{value}", if at == 0 { "" } else { ", " })?;
                }
                f.write_str("}")
            }
            Value::Choice(name, value) => write!(f, "{name}: {value}"),
        }
    }
}

/// `octets` as capital hexadecimal digits, as xs:hexBinary and ASN.1 write them.
pub fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02X}")).collect()
}
