//! What is encoded decodes to the same values, for every structure in every version.

use proptest::prelude::*;

use super::counts::count_of;
use super::*;

/// Entries of each list, so that lists with one count agree.
const ENTRIES: usize = 2;

fn any_version() -> impl Strategy<Value = Version> {
    prop::sample::select(Version::ALL.to_vec())
}

/// A string that every format can hold.
fn any_text(narrow: bool) -> BoxedStrategy<String> {
    if narrow {
        "[ -~\u{a1}-\u{ff}]{1,10}".boxed()
    } else {
        "[^\0]{0,10}".boxed()
    }
}

fn any_texts(narrow: bool) -> impl Strategy<Value = Value> {
    let text = any_text(narrow).prop_map(|text| if text.is_empty() { "x".to_owned() } else { text });
    prop::collection::vec(text.prop_map(Value::Text), ENTRIES).prop_map(Value::List)
}

fn any_part(content: Content, version: Version, narrow: bool) -> BoxedStrategy<Value> {
    let given = match content {
        Content::Text => any_text(narrow).prop_map(Value::Text).boxed(),
        Content::Strings | Content::Table { .. } => any_texts(narrow).boxed(),
        Content::Bytes => prop::collection::vec(any::<u8>(), 1..20)
            .prop_map(Value::Bytes)
            .boxed(),
        Content::Dwords(family) => {
            let number = any::<u32>().prop_map(move |n| Value::Number(n, family));
            prop::collection::vec(number, ENTRIES)
                .prop_map(Value::List)
                .boxed()
        }
        Content::List(of) => any_entries(of, version, narrow).boxed(),
    };
    prop_oneof![1 => Just(Value::Absent), 3 => given].boxed()
}

fn any_entries(of: &'static Structure, version: Version, narrow: bool) -> impl Strategy<Value = Value> {
    let entry = any_fields(of, version, narrow).prop_map(Value::Struct);
    prop::collection::vec(entry, ENTRIES).prop_map(Value::List)
}

/// Whether a member follows from others.
fn is_computed(structure: &'static Structure, name: &str) -> bool {
    structure.all_members().any(|m| match m.kind {
        FieldKind::Array { count, .. } => count == name,
        FieldKind::Offset { part, content } => {
            count_of(structure.name, part) == Some(name)
                || matches!(content, Content::Table { entry } if entry == name)
        }
        _ => false,
    })
}

/// Values for all members and parts of a structure that do not follow from others.
fn any_fields(
    structure: &'static Structure,
    version: Version,
    narrow: bool,
) -> BoxedStrategy<Vec<(&'static str, Value)>> {
    let mut all: Vec<BoxedStrategy<(&'static str, Value)>> = Vec::new();
    for member in structure.members(version) {
        let name = member.name;
        let value = match member.kind {
            _ if name == "dwStringFormat" => {
                let format = if narrow { 1 } else { 3 };
                Just(Value::Number(format, Some(&crate::tspi::constants::STRINGFORMAT))).boxed()
            }
            FieldKind::Dword(_) if is_computed(structure, name) => continue,
            FieldKind::Dword(family) => any::<u32>().prop_map(move |n| Value::Number(n, family)).boxed(),
            FieldKind::Handle => any::<u32>().prop_map(|n| Value::Handle(u64::from(n))).boxed(),
            FieldKind::Guid => any::<[u8; 16]>().prop_map(Value::Guid).boxed(),
            FieldKind::Time => any::<[u16; 8]>().prop_map(Value::Time).boxed(),
            FieldKind::Struct(inner) => any_fields(inner, version, narrow).prop_map(Value::Struct).boxed(),
            FieldKind::Array { of, .. } => any_entries(of, version, narrow).boxed(),
            FieldKind::Offset { part, content } => {
                let part_value = any_part(content, version, narrow);
                all.push(part_value.prop_map(move |value| (part, value)).boxed());
                continue;
            }
            _ => continue,
        };
        all.push(value.prop_map(move |value| (name, value)).boxed());
    }
    all.boxed()
}

/// A structure with a version, and values for it.
fn any_values() -> impl Strategy<Value = (&'static Structure, Version, Vec<(&'static str, Value)>)> {
    let structure = prop::sample::select(structures().collect::<Vec<_>>());
    (structure, any_version(), any::<bool>()).prop_flat_map(|(structure, version, narrow)| {
        let narrow = narrow && structure.member("dwStringFormat").is_some();
        any_fields(structure, version, narrow).prop_map(move |fields| (structure, version, fields))
    })
}

/// Only what was given, recursively: decoding also gives sizes, offsets and counts.
fn given(decoded: &[(&'static str, Value)], asked: &[(&'static str, Value)]) -> Vec<(&'static str, Value)> {
    let found = |name: &str| decoded.iter().find(|(known, _)| *known == name);
    asked
        .iter()
        .map(|(name, of)| {
            let value = found(name).map_or(Value::Absent, |(_, value)| value.clone());
            (*name, pruned(value, of))
        })
        .collect()
}

fn pruned(value: Value, of: &Value) -> Value {
    match (value, of) {
        (Value::Struct(fields), Value::Struct(asked)) => Value::Struct(given(&fields, asked)),
        (Value::List(values), Value::List(asked)) if values.len() == asked.len() => {
            Value::List(values.into_iter().zip(asked).map(|(v, a)| pruned(v, a)).collect())
        }
        (value, _) => value,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn what_is_encoded_decodes_to_the_same((structure, version, fields) in any_values()) {
        let memory = encode(structure, version, &fields).expect("the values fit");
        let decoded = decode(structure, &memory, version);
        prop_assert_eq!(&decoded.problems, &[]);
        prop_assert_eq!(&given(&decoded.fields, &fields), &fields);
        // What was read, sizes and offsets and all, gives the same bytes again.
        let again = encode(structure, version, &decoded.fields).expect("what was read fits");
        prop_assert_eq!(again, memory);
    }
}

#[test]
fn a_binary_string_keeps_its_bytes() {
    let fields = [
        ("dwStringFormat", Value::Number(4, None)),
        ("String", Value::Bytes(vec![1, 0, 2])),
    ];
    let memory = encode(&VARSTRING, Version::V2_0, &fields).expect("the values fit");
    let decoded = decode(&VARSTRING, &memory, Version::V2_0);
    assert_eq!(decoded.problems, []);
    assert_eq!(decoded.get("String"), Some(&Value::Bytes(vec![1, 0, 2])));
}

/// Addresses of entries in place count from the entry, those of a part from the whole.
#[test]
fn forwarding_keeps_its_addresses() {
    let entry = |number: &str| {
        Value::Struct(vec![
            ("dwForwardMode", Value::Number(1, None)),
            ("DestAddress", Value::Text(number.to_owned())),
        ])
    };
    let entries = Value::List(vec![entry("101"), entry("5551234")]);
    let list = encode(
        &LINEFORWARDLIST,
        Version::V2_0,
        &[("ForwardList", entries.clone())],
    )
    .expect("the values fit");
    assert_eq!(list[4..8], 2_u32.to_le_bytes());
    let first = 8 + LINEFORWARD.fixed_size(Version::V2_0) * 2;
    let offset = LINEFORWARD
        .member("dwDestAddressOffset")
        .expect("a member")
        .offset;
    assert_eq!(
        list[8 + offset..12 + offset],
        u32::try_from(first - 8).expect("small").to_le_bytes()
    );
    let shown = decode(&LINEFORWARDLIST, &list, Version::V2_0);
    assert_eq!(shown.problems, []);
    assert!(
        shown.render().contains(r#"DestAddress="5551234""#),
        "{}",
        shown.render()
    );

    let status = encode(&LINEADDRESSSTATUS, Version::V2_0, &[("Forward", entries)]).expect("the values fit");
    let shown = decode(&LINEADDRESSSTATUS, &status, Version::V2_0);
    assert_eq!(shown.problems, []);
    assert_eq!(shown.get("dwForwardNumEntries").and_then(Value::number), Some(2));
    assert!(
        shown.render().contains(r#"DestAddress="101""#),
        "{}",
        shown.render()
    );
}

#[test]
fn what_a_place_cannot_hold_is_refused() {
    let refused = |structure, fields: &[(&str, Value)]| {
        encode(structure, Version::V2_0, fields)
            .expect_err("it does not fit")
            .to_string()
    };
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(
        refused(&LINECALLINFO, &[("CalerID", text("1"))]),
        "LINECALLINFO of version 2.0 has no CalerID; did you mean CallerID?"
    );
    assert_eq!(
        refused(&LINECALLINFO, &[("CallerID", text("a\0b"))]),
        "CallerID of LINECALLINFO is no string without a NUL in it"
    );
    assert_eq!(
        refused(&LINECALLINFO, &[("dwRate", text("1"))]),
        "dwRate of LINECALLINFO is no DWORD"
    );
    let narrow = [
        ("dwStringFormat", Value::Number(1, None)),
        ("String", text("\u{20ac}")),
    ];
    assert_eq!(
        refused(&VARSTRING, &narrow),
        "String of VARSTRING is no string of single bytes"
    );
    assert!(
        refused(
            &LINECALLINFO,
            &[("dwCallerIDAddressType", Value::Number(1, None))]
        )
        .contains("version 2.0 has no")
    );
    let classes = Value::List(vec![text(""), text("comm")]);
    assert!(refused(&LINEDEVCAPS, &[("DeviceClasses", classes)]).contains("without an empty one"));
    let table = [
        ("dwTerminalTextEntrySize", Value::Number(4, None)),
        ("TerminalText", Value::List(vec![text("headset")])),
    ];
    assert!(refused(&LINEDEVCAPS, &table).contains("within their entries' size"));
}
