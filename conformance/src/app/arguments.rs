//! From what a step says of a function's parameters to the call itself: structures and lists are built of their members.

use std::collections::BTreeMap;

use super::Stop;
use crate::scenario::target::Target;
use crate::tspi::marshal::Call;
use crate::tspi::structures::{FieldKind, utf16};
use crate::tspi::{Builder, EncodeError, Function, Kind, Parameter, Structure, Version};

/// A value with no name left in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Plain {
    /// A number, a handle.
    Number(u64),
    /// A string.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A null pointer.
    Null,
}

/// The call of a function with these values; where a whole parameter and its members are given, the whole counts.
pub(super) fn arguments(
    function: &'static Function,
    version: Version,
    values: &[(Target<'_>, Plain)],
) -> Result<Call, Stop> {
    let mut call = Call::of(function).version(version);
    for parameter in function.args {
        let of_parameter = || {
            values
                .iter()
                .filter(move |(target, _)| target.parameter.name == parameter.name)
        };
        if let Some((_, plain)) = of_parameter().find(|(target, _)| target.member.is_none()) {
            call = whole(call, parameter, plain)?;
            continue;
        }
        let members: Vec<&(Target<'_>, Plain)> = of_parameter().collect();
        if !members.is_empty() {
            call = built(call, parameter, version, &members)?;
        }
    }
    Ok(call)
}

fn whole(call: Call, parameter: &Parameter, plain: &Plain) -> Result<Call, Stop> {
    let name = parameter.name;
    Ok(match (plain, parameter.kind) {
        (Plain::Number(number), Kind::Handle(_) | Kind::DwordPtr) => call.handle(name, *number),
        (
            Plain::Number(bytes),
            Kind::OutStruct(_)
            | Kind::OutBytes { .. }
            | Kind::OutDigits { .. }
            | Kind::OutString { .. }
            | Kind::InOutBytes { .. },
        ) => call.room(name, usize::try_from(*bytes).unwrap_or(usize::MAX).min(ROOM_MOST)),
        (Plain::Number(number), _) => match u32::try_from(*number) {
            Ok(dword) => call.dword(name, dword),
            Err(_) => return Err(Stop::failed(format!("{number} is too large for {name}, a DWORD"))),
        },
        (Plain::Text(text), _) => call.text(name, text),
        (Plain::Bytes(bytes), Kind::InStruct(_) | Kind::InArray { .. } | Kind::OutStruct(_)) => {
            call.structure(name, bytes.clone())
        }
        (Plain::Bytes(bytes), _) => call.bytes(name, bytes.clone()),
        (Plain::Null, Kind::Handle(_) | Kind::DwordPtr) => call.handle(name, 0),
        (Plain::Null, _) => call.null(name),
    })
}

/// The most room that a step may ask for.
const ROOM_MOST: usize = 1 << 20;

fn built(
    call: Call,
    parameter: &Parameter,
    version: Version,
    members: &[&(Target<'_>, Plain)],
) -> Result<Call, Stop> {
    let mut entries: BTreeMap<usize, Vec<(&str, &Plain)>> = BTreeMap::new();
    let mut own = Vec::new();
    for (target, plain) in members {
        let member = (target.member.unwrap_or_default(), plain);
        match target.entry {
            Some(entry) => entries.entry(entry).or_default().push(member),
            None => own.push(member),
        }
    }
    let last = entries.keys().next_back().copied().unwrap_or(0);
    let entries: Vec<Vec<(&str, &Plain)>> = (1..=last)
        .map(|entry| entries.remove(&entry).unwrap_or_default())
        .collect();
    match parameter.kind {
        Kind::InBytes { .. } => {
            let structure = parameter.kind.described();
            let structure =
                structure.ok_or_else(|| Stop::Bug(format!("{} has no members", parameter.name)))?;
            let bytes = structure_of(structure, version, &own, &entries).map_err(refused)?;
            Ok(call.bytes(parameter.name, bytes))
        }
        Kind::InStruct(structure) => {
            let bytes = structure_of(structure, version, &own, &entries).map_err(refused)?;
            Ok(call.structure(parameter.name, bytes))
        }
        Kind::InArray { of, .. } => {
            let built: Result<Vec<Vec<u8>>, EncodeError> = entries
                .iter()
                .map(|entry| filled(of, version, entry).and_then(Builder::build))
                .collect();
            Ok(call.array(parameter.name, &built.map_err(refused)?))
        }
        _ => Err(Stop::Bug(format!("{} has no members", parameter.name))),
    }
}

fn refused(error: EncodeError) -> Stop {
    Stop::failed(error.to_string())
}

fn filled(
    structure: &'static Structure,
    version: Version,
    members: &[(&str, &Plain)],
) -> Result<Builder, EncodeError> {
    let mut builder = Builder::new(structure, version);
    for (member, plain) in members {
        builder = match plain {
            Plain::Number(number) => builder.number(member, u32::try_from(*number).unwrap_or(u32::MAX)),
            Plain::Text(text) => builder.text(member, text),
            Plain::Bytes(bytes) => builder.bytes(member, bytes),
            Plain::Null => builder,
        };
    }
    Ok(builder)
}

/// A structure, perhaps with a list in place at its end. What the entries of the list point to stands behind the list;
/// an offset counts from the start of its entry (`ns-tapi-lineforward.md`).
fn structure_of(
    structure: &'static Structure,
    version: Version,
    own: &[(&str, &Plain)],
    entries: &[Vec<(&str, &Plain)>],
) -> Result<Vec<u8>, EncodeError> {
    let builder = filled(structure, version, own)?;
    let array = structure.all_members().find_map(|member| match member.kind {
        FieldKind::Array { of, .. } => Some((member.name, of)),
        _ => None,
    });
    let Some((name, of)) = array.filter(|_| !entries.is_empty()) else {
        return builder.build();
    };
    let (first, size) = (structure.fixed_size(version), of.fixed_size(version));
    let mut end = first + entries.len() * size;
    let mut behind: Vec<u8> = Vec::new();
    let mut list = Vec::new();
    for (place, entry) in entries.iter().enumerate() {
        let start = first + place * size;
        let mut fixed = Builder::new(of, version);
        for (member, plain) in entry {
            let bytes = match plain {
                Plain::Number(number) => {
                    fixed = fixed.number(member, u32::try_from(*number).unwrap_or(u32::MAX));
                    continue;
                }
                Plain::Text(text) => utf16(text),
                Plain::Bytes(bytes) => bytes.clone(),
                Plain::Null => continue,
            };
            let dword = |size: usize| u32::try_from(size).unwrap_or(u32::MAX);
            fixed = fixed
                .number(&format!("dw{member}Size"), dword(bytes.len()))
                .number(&format!("dw{member}Offset"), dword(end - start));
            behind.extend(&bytes);
            let padded = bytes.len().next_multiple_of(4);
            behind.resize(behind.len() + padded - bytes.len(), 0);
            end += padded;
        }
        list.push(fixed.build()?);
    }
    let mut bytes = builder.entries(name, &list).build()?;
    bytes.extend(behind);
    if let Some(size) = structure
        .all_members()
        .find(|member| member.kind == FieldKind::TotalSize)
    {
        let total = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        bytes[size.offset..size.offset + 4].copy_from_slice(&total.to_le_bytes());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::target::target;
    use crate::tspi::structures::{Value, decode};
    use crate::tspi::{function, render_args};

    /// The arguments in words, as the trace has them.
    fn shown(name: &str, values: &[(&'static str, Plain)]) -> String {
        let function = function(name).expect("a function");
        let values: Vec<(Target<'_>, Plain)> = values
            .iter()
            .map(|(path, plain)| (target(function, path).expect("a path"), plain.clone()))
            .collect();
        let call = arguments(function, Version::V3_1, &values).expect("it can be put together");
        render_args(function, &call.build().expect("it can be built"), Version::V3_1)
    }

    #[test]
    fn numbers_strings_and_bytes_go_where_their_names_say() {
        assert_eq!(
            shown(
                "TSPI_lineRedirect",
                &[
                    ("hdCall", Plain::Number(0x10)),
                    ("lpszDestAddress", Plain::Text("103".into()))
                ]
            ),
            "dwRequestID=0, hdCall=0x10, lpszDestAddress=\"103\", dwCountryCode=0"
        );
        assert_eq!(
            shown(
                "TSPI_lineSetCallData",
                &[("lpCallData", Plain::Bytes(vec![1, 2, 3]))]
            ),
            "dwRequestID=0, hdCall=0x0, lpCallData=[01 02 03], dwSize=3"
        );
    }

    #[test]
    fn members_make_a_structure_and_entries_a_list() {
        let tones = shown(
            "TSPI_lineGenerateTone",
            &[
                ("lpTones.1.dwFrequency", Plain::Number(440)),
                ("lpTones.2.dwFrequency", Plain::Number(480)),
                ("lpTones.2.dwVolume", Plain::Number(7)),
            ],
        );
        assert!(tones.contains("dwNumTones=2"), "{tones}");
        assert!(
            tones.contains("{dwFrequency=440, dwCadenceOn=0, dwCadenceOff=0, dwVolume=0}, {dwFrequency=480"),
            "{tones}"
        );
        let params = shown(
            "TSPI_lineMakeCall",
            &[
                ("lpCallParams.dwMinRate", Plain::Number(300)),
                ("lpCallParams.DialParams.dwDialPause", Plain::Number(9)),
            ],
        );
        assert!(
            params.contains("dwMinRate=300") && params.contains("dwDialPause=9"),
            "{params}"
        );
    }

    #[test]
    fn what_the_entries_of_a_forward_list_point_to_stands_behind_the_list() {
        let function = function("TSPI_lineForward").expect("a function");
        let values = [
            ("lpForwardList.1.dwForwardMode", Plain::Number(1)),
            ("lpForwardList.1.DestAddress", Plain::Text("701".into())),
            ("lpForwardList.2.CallerAddress", Plain::Text("5551234".into())),
            ("lpForwardList.2.DestAddress", Plain::Text("702".into())),
        ];
        let values: Vec<(Target<'_>, Plain)> = values
            .iter()
            .map(|(path, plain)| (target(function, path).expect("a path"), plain.clone()))
            .collect();
        for version in [Version::V1_3, Version::V3_1] {
            let args = arguments(function, version, &values)
                .and_then(|call| call.build().map_err(|error| Stop::Bug(error.to_string())))
                .expect("it can be built");
            let place = function.arg("lpForwardList").expect("a parameter");
            let offhook_host_protocol::Arg::In(bytes) = &args[place] else {
                panic!("{:?}", args[place])
            };
            let list = decode(
                crate::tspi::structure("LINEFORWARDLIST").expect("a structure"),
                bytes,
                version,
            );
            assert!(list.problems.is_empty(), "{:?}", list.problems);
            let Some(Value::List(entries)) = list.get("ForwardList") else {
                panic!("{list:?}")
            };
            let shown = format!("{:?}", entries);
            for text in ["701", "702", "5551234"] {
                assert!(shown.contains(text), "{text} is not in {shown}");
            }
        }
    }

    #[test]
    fn a_null_pointer_overrules_the_members_and_room_is_as_large_as_said() {
        let function = function("TSPI_lineMakeCall").expect("a function");
        let values = [
            (target(function, "lpCallParams").expect("a path"), Plain::Null),
            (
                target(function, "lpCallParams.dwMinRate").expect("a path"),
                Plain::Number(300),
            ),
        ];
        let args = arguments(function, Version::V2_0, &values)
            .and_then(|call| call.build().map_err(|error| Stop::Bug(error.to_string())))
            .expect("it can be built");
        let place = function.arg("lpCallParams").expect("a parameter");
        assert_eq!(args[place], offhook_host_protocol::Arg::Null);

        let room = shown("TSPI_phoneGetDisplay", &[("lpDisplay", Plain::Number(24))]);
        assert!(room.contains("lpDisplay=room for 24 bytes"), "{room}");
        let digits = shown("TSPI_lineGatherDigits", &[("dwNumDigits", Plain::Number(4))]);
        assert!(digits.contains("lpsDigits=room for 8 bytes"), "{digits}");
    }

    #[test]
    fn a_number_that_is_no_dword_is_refused() {
        let function = function("TSPI_lineSetAppSpecific").expect("a function");
        let values = [(
            target(function, "dwAppSpecific").expect("a path"),
            Plain::Number(1 << 40),
        )];
        assert!(matches!(
            arguments(function, Version::V2_0, &values),
            Err(Stop::Failed(_))
        ));
    }
}
