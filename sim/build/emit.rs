//! Writes parsed ASN.1 types as static Rust tables, with every tag that a value carries on the wire worked out.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use crate::asn1::{Class, Field, Kind, Tag, Type};

type Resolved<'a> = (Vec<Tag>, &'a Kind);

struct Schema<'a>(BTreeMap<&'a str, &'a Type>);

/// The tables for `types`: one static per named type, and the index `TYPES` over all.
pub fn tables(types: &[(String, Type)]) -> Result<String, String> {
    let mut named = BTreeMap::new();
    for (name, ty) in types {
        if named.insert(name.as_str(), ty).is_some() {
            return Err(format!("{name} is defined twice"));
        }
    }
    let schema = Schema(named);
    let mut out = String::new();
    for (name, ty) in types {
        writeln!(
            out,
            "static {}: Type = {};",
            constant(name),
            schema.literal(name, ty)?
        )
        .map_err(|e| e.to_string())?;
    }
    let index: BTreeSet<_> = types.iter().map(|(name, _)| name.as_str()).collect();
    let rows: Vec<_> = index.iter().map(|name| format!("&{}", constant(name))).collect();
    writeln!(
        out,
        "pub(super) static TYPES: [&Type; {}] = [{}];",
        rows.len(),
        rows.join(", ")
    )
    .map_err(|e| e.to_string())?;
    Ok(out)
}

fn constant(name: &str) -> String {
    format!("T_{}", name.to_uppercase())
}

impl<'a> Schema<'a> {
    /// The tags that a value of `ty` carries, outermost first, and its kind behind all references (X.680 clause 31).
    fn resolve(&self, ty: &'a Type) -> Result<Resolved<'a>, String> {
        let (mut tags, kind) = match &ty.kind {
            Kind::Reference(name) => self.resolve(
                self.0
                    .get(name.as_str())
                    .ok_or_else(|| format!("{name} is not defined"))?,
            )?,
            kind => (own_tag(kind).into_iter().collect(), kind),
        };
        if let Some(tag) = &ty.tag {
            if tag.implicit && !tags.is_empty() {
                tags.remove(0);
            }
            tags.insert(0, tag.clone());
        }
        Ok((tags, kind))
    }

    fn literal(&self, name: &str, ty: &'a Type) -> Result<String, String> {
        let (tags, kind) = self.resolve(ty)?;
        let tags: Vec<_> = tags.iter().map(tag_literal).collect();
        // A reference shares the name of what it refers to, so that a codec may treat that type in its own way.
        let name = match &ty.kind {
            Kind::Reference(referred) if name.is_empty() => referred,
            _ => name,
        };
        Ok(format!(
            "Type {{ name: {name:?}, tags: &[{}], kind: {} }}",
            tags.join(", "),
            self.kind(kind)?
        ))
    }

    fn kind(&self, kind: &'a Kind) -> Result<String, String> {
        Ok(match kind {
            Kind::Boolean => "Kind::Boolean".into(),
            Kind::Null => "Kind::Null".into(),
            Kind::OctetString => "Kind::OctetString".into(),
            Kind::Ia5String => "Kind::Ia5String".into(),
            Kind::GeneralizedTime => "Kind::GeneralizedTime".into(),
            Kind::ObjectIdentifier => "Kind::ObjectIdentifier".into(),
            Kind::Any => "Kind::Any".into(),
            Kind::Integer(names) => format!("Kind::Integer({})", numbers(names)),
            Kind::Enumerated(names) => format!("Kind::Enumerated({})", numbers(names)),
            Kind::BitString(names) => format!("Kind::BitString({})", numbers(names)),
            Kind::Sequence(fields) => format!("Kind::Sequence({})", self.fields(fields)?),
            Kind::Choice(fields) => format!("Kind::Choice({})", self.fields(fields)?),
            Kind::SequenceOf(item) => format!("Kind::SequenceOf({})", self.shared(item)?),
            Kind::Reference(name) => return Err(format!("{name} was not resolved")),
        })
    }

    /// A pointer to the table of `ty`: the named one where `ty` is a bare reference.
    fn shared(&self, ty: &'a Type) -> Result<String, String> {
        match (&ty.kind, &ty.tag) {
            (Kind::Reference(name), None) if self.0.contains_key(name.as_str()) => {
                Ok(format!("&{}", constant(name)))
            }
            _ => Ok(format!("&{}", self.literal("", ty)?)),
        }
    }

    fn fields(&self, fields: &'a [Field]) -> Result<String, String> {
        let mut rows = Vec::new();
        for field in fields {
            let presence = match (&field.default, field.optional) {
                (Some(value), _) => format!("Presence::Default({value:?})"),
                (None, true) => "Presence::Optional".into(),
                (None, false) => "Presence::Required".into(),
            };
            let ty = self
                .shared(&field.ty)
                .map_err(|error| format!("in {}: {error}", field.name))?;
            rows.push(format!(
                "Field {{ name: {:?}, ty: {ty}, presence: {presence} }}",
                field.name
            ));
        }
        Ok(format!("&[{}]", rows.join(", ")))
    }
}

/// The universal tag of a kind, `None` for a CHOICE and for ANY (X.680 table 1).
fn own_tag(kind: &Kind) -> Option<Tag> {
    let number = match kind {
        Kind::Boolean => 1,
        Kind::Integer(_) => 2,
        Kind::BitString(_) => 3,
        Kind::OctetString => 4,
        Kind::Null => 5,
        Kind::ObjectIdentifier => 6,
        Kind::Enumerated(_) => 10,
        Kind::Sequence(_) | Kind::SequenceOf(_) => 16,
        Kind::Ia5String => 22,
        Kind::GeneralizedTime => 24,
        Kind::Choice(_) | Kind::Any | Kind::Reference(_) => return None,
    };
    Some(Tag {
        class: Class::Universal,
        number,
        implicit: false,
    })
}

fn tag_literal(tag: &Tag) -> String {
    let class = match tag.class {
        Class::Universal => "Universal",
        Class::Application => "Application",
        Class::Context => "Context",
    };
    format!("Tag::new(Class::{class}, {})", tag.number)
}

fn numbers(names: &[(String, i64)]) -> String {
    let rows: Vec<_> = names
        .iter()
        .map(|(name, number)| format!("({name:?}, {number})"))
        .collect();
    format!("&[{}]", rows.join(", "))
}
