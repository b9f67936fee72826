//! The description of CSTA's data types that every encoding is made from.

/// The class of a BER tag (X.690 clause 8.1.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Types of ASN.1 itself.
    Universal = 0,
    /// Types that the standard tags for the whole application.
    Application = 1,
    /// Tags that mean something inside one structure.
    Context = 2,
    /// Tags of a manufacturer.
    Private = 3,
}

/// A BER tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tag {
    /// Its class.
    pub class: Class,
    /// Its number in that class.
    pub number: u32,
}

impl Tag {
    /// The tag `number` of `class`.
    pub const fn new(class: Class, number: u32) -> Self {
        Tag { class, number }
    }
}

/// Names of numbers: an enumeration's values, a bit string's bits.
pub type Names = &'static [(&'static str, i64)];

/// A type: its name, the tags that its value carries outermost first, and what is behind them.
#[derive(Debug)]
pub struct Type {
    /// The name in the standard, empty for a type that has none.
    pub name: &'static str,
    /// The tags, outermost first. Empty for a CHOICE without a tag of its own, and for ANY.
    pub tags: &'static [Tag],
    /// The kind of value.
    pub kind: Kind,
}

/// What kind of value a type has.
#[derive(Debug)]
#[expect(missing_docs, reason = "the names are ASN.1's own")]
pub enum Kind {
    Boolean,
    Integer(Names),
    Null,
    OctetString,
    Ia5String,
    GeneralizedTime,
    ObjectIdentifier,
    Any,
    Enumerated(Names),
    BitString(Names),
    Sequence(&'static [Field]),
    SequenceOf(&'static Type),
    Choice(&'static [Field]),
}

/// A member of a sequence, or an alternative of a choice.
#[derive(Debug)]
pub struct Field {
    /// Its name in the standard.
    pub name: &'static str,
    /// Its type.
    pub ty: &'static Type,
    /// Whether it must be there.
    pub presence: Presence,
}

/// Whether a member must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It must.
    Required,
    /// It may be missing.
    Optional,
    /// Where it is missing, it has this value.
    Default(&'static str),
}

impl Type {
    /// Whether an element with `tag` can begin a value of this type.
    pub fn accepts(&self, tag: Tag) -> bool {
        match (self.tags.first(), &self.kind) {
            (Some(first), _) => *first == tag,
            (None, Kind::Choice(alternatives)) => alternatives.iter().any(|field| field.ty.accepts(tag)),
            (None, _) => true,
        }
    }

    /// The member or alternative called `name`.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        match &self.kind {
            Kind::Sequence(fields) | Kind::Choice(fields) => fields.iter().find(|field| field.name == name),
            _ => None,
        }
    }
}

fn find(types: &[&'static Type], name: &str) -> Option<&'static Type> {
    types
        .binary_search_by(|ty| ty.name.cmp(name))
        .ok()
        .map(|at| types[at])
}

/// Phase III: ECMA-285, 4th edition.
pub mod phase3 {
    use super::{Class, Field, Kind, Presence, Tag, Type};

    include!(concat!(env!("OUT_DIR"), "/csta_phase3.rs"));

    /// The type called `name`.
    pub fn ty(name: &str) -> Option<&'static Type> {
        super::find(&TYPES, name)
    }

    /// All types, by name.
    pub fn all() -> &'static [&'static Type] {
        &TYPES
    }
}

/// Phase I: ECMA-180, as Ericsson's MD110 speaks it.
pub mod phase1 {
    use super::{Class, Field, Kind, Presence, Tag, Type};

    include!(concat!(env!("OUT_DIR"), "/csta_phase1.rs"));

    /// The type called `name`.
    pub fn ty(name: &str) -> Option<&'static Type> {
        super::find(&TYPES, name)
    }

    /// All types, by name.
    pub fn all() -> &'static [&'static Type] {
        &TYPES
    }
}
