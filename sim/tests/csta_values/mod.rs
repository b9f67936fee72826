//! Values of any CSTA type, for property tests: made from the same tables that the codecs read.

#[allow(dead_code, reason = "only the tests of XML need it")]
pub mod documents;

use offhook_sim::wire::csta::{
    schema::{Field, Kind, Names, Presence, Type},
    value::{Enumerated, Value},
};
use proptest::prelude::*;

/// Any value of `ty`. Members with a default have another value where they are there, since an encoder may leave out one
/// that has the default.
#[allow(dead_code, reason = "the tests of XML do not need it")]
pub fn value(ty: &'static Type) -> BoxedStrategy<Value> {
    any_of(ty, false)
}

/// Any value of `ty` that XML can carry: octets are characters, and devices have neither private numbers nor names.
#[allow(dead_code, reason = "only the tests of XML need it")]
pub fn printable(ty: &'static Type) -> BoxedStrategy<Value> {
    any_of(ty, true)
}

fn any_of(ty: &'static Type, printable: bool) -> BoxedStrategy<Value> {
    let value = |ty| any_of(ty, printable);
    match &ty.kind {
        Kind::Null => Just(Value::Null).boxed(),
        Kind::Boolean => any::<bool>().prop_map(Value::Boolean).boxed(),
        Kind::Integer(names) if !names.is_empty() => prop::sample::select(*names)
            .prop_map(|(_, n)| Value::Integer(n))
            .boxed(),
        Kind::Integer(_) => prop_oneof![0..200i64, any::<i64>()]
            .prop_map(Value::Integer)
            .boxed(),
        Kind::Enumerated(names) => prop::sample::select(*names)
            .prop_map(|(name, _)| Value::named(name))
            .boxed(),
        // XML names each bit that is set.
        Kind::BitString(names) if printable && names.is_empty() => Just(Value::Bits(0)).boxed(),
        Kind::BitString(names) => bits(names),
        Kind::OctetString if printable => "[!-~]{1,8}"
            .prop_map(|text| Value::Octets(text.into_bytes()))
            .boxed(),
        Kind::OctetString => octets().prop_map(Value::Octets).boxed(),
        Kind::Ia5String if printable => "[!-~]{1,4}( [!-~]{1,4})?".prop_map(Value::Text).boxed(),
        Kind::Ia5String => "[ -~]{0,12}".prop_map(Value::Text).boxed(),
        Kind::GeneralizedTime => (1..60u32)
            .prop_map(|s| Value::Text(format!("202611242009{s:02}Z")))
            .boxed(),
        Kind::ObjectIdentifier => (0..3u64, 0..40u64, prop::collection::vec(0..100_000u64, 0..4))
            .prop_map(|(top, second, rest)| Value::Oid([vec![top, second], rest].concat()))
            .boxed(),
        Kind::Any => Just(Value::Any(vec![5, 0])).boxed(),
        Kind::SequenceOf(item) => prop::collection::vec(value(item), 0..3)
            .prop_map(Value::List)
            .boxed(),
        Kind::Choice(alternatives) => {
            // XML has the filter alone.
            let options: Vec<_> = alternatives
                .iter()
                .filter(|field| !printable || ty.name != "FilterOrStatus" || field.name == "filter")
                .map(|field| {
                    value(field.ty)
                        .prop_map(|value| Value::choice(field.name, value))
                        .boxed()
                })
                .collect();
            prop::strategy::Union::new(options).boxed()
        }
        Kind::Sequence(fields) => {
            let members: Vec<_> = fields.iter().map(|field| member(field, printable)).collect();
            members
                .prop_map(move |values| {
                    let members = fields
                        .iter()
                        .zip(values)
                        .filter_map(|(field, value)| Some((field.name, value?)));
                    Value::Sequence(members.collect())
                })
                .boxed()
        }
    }
}

fn member(field: &'static Field, printable: bool) -> BoxedStrategy<Option<Value>> {
    if printable
        && !matches!(field.ty.kind, Kind::Integer(_))
        && matches!(
            field.name,
            "privateNumber" | "privateName" | "privateData" | "locationInfo"
        )
    {
        return if field.presence == Presence::Required {
            let private =
                "[!-~]{1,8}".prop_map(|text| Value::choice("string", Value::Octets(text.into_bytes())));
            private.prop_map(Some).boxed()
        } else {
            Just(None).boxed()
        };
    }
    let mut inner = any_of(field.ty, printable);
    if printable && field.name == "addNewDestinationsList" {
        // It is part of another list in XML, where nothing cannot be told from an empty one.
        inner = inner
            .prop_filter("it is empty", |list| !list.items().is_empty())
            .boxed();
    }
    match field.presence {
        Presence::Required => inner.prop_map(Some).boxed(),
        Presence::Optional => prop::option::weighted(0.3, inner).boxed(),
        Presence::Default(default) => {
            let differs = move |value: &Value| match value {
                Value::Enumerated(Enumerated::Named(name)) => *name != default,
                value => value.to_string() != default,
            };
            prop::option::weighted(0.3, inner.prop_filter("it has the default", differs)).boxed()
        }
    }
}

fn bits(names: Names) -> BoxedStrategy<Value> {
    let mask = if names.is_empty() {
        0xFFFF
    } else {
        names.iter().fold(0, |mask, (_, bit)| mask | 1u64 << bit)
    };
    any::<u64>()
        .prop_map(move |bits| Value::Bits(bits & mask))
        .boxed()
}

fn octets() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..9)
}
