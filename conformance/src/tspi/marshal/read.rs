//! Reads the arguments of a call, and the memory that it gave back, as named values.

use offhook_host_protocol::Arg;

use crate::tspi::constants::INITIALIZE;
use crate::tspi::functions::{Function, Kind, Parameter};
use crate::tspi::structures::{LINECALLQOSINFO, Structure, Value, decode, render_pairs};
use crate::tspi::version::Version;

/// LINEQOSSTRUCT_KEY, with which LINECALLQOSINFO begins, as it lies in memory.
const QOS_KEY: &[u8] = b"KSQL";

/// The arguments by name. Memory to be filled is [`Value::Room`]; arguments beyond the function's own are left out.
pub fn arguments(
    function: &Function,
    args: &[Arg],
    version: impl Into<Version>,
) -> Vec<(&'static str, Value)> {
    let version = version.into();
    function
        .args
        .iter()
        .zip(args)
        .map(|(parameter, arg)| (parameter.name, argument(parameter, arg, version)))
        .collect()
}

/// The arguments in words, as in `dwRequestID=1, hdLine=0x10, lpszDestAddress="5551234"`.
pub fn render_args(function: &Function, args: &[Arg], version: impl Into<Version>) -> String {
    render_pairs(&arguments(function, args, version))
}

/// What a call gave back, by parameter: handles, numbers, structures. Memory of unknown places is left out.
pub fn returned(
    function: &Function,
    outs: &[(u8, Vec<u8>)],
    version: impl Into<Version>,
) -> Vec<(&'static str, Value)> {
    let version = version.into();
    let known = outs
        .iter()
        .filter_map(|(place, bytes)| Some((function.args.get(usize::from(*place))?, bytes)));
    known
        .map(|(parameter, bytes)| (parameter.name, memory(parameter.kind, bytes, version)))
        .collect()
}

fn argument(parameter: &Parameter, arg: &Arg, version: Version) -> Value {
    match arg {
        Arg::Value(number) => scalar(parameter.kind, *number),
        Arg::Null => Value::Absent,
        Arg::In(bytes) => memory(parameter.kind, bytes, version),
        Arg::Out { bytes, .. } => match parameter.kind {
            Kind::InOutBytes { .. } => Value::Bytes(bytes.clone()),
            _ => Value::Room(bytes.len()),
        },
        Arg::Completion => Value::Procedure("ASYNC_COMPLETION"),
        Arg::LineEvent => Value::Procedure("LINEEVENT"),
        Arg::PhoneEvent => Value::Procedure("PHONEEVENT"),
        Arg::UiCallback => Value::Procedure("TUISPIDLLCALLBACK"),
        Arg::Event => Value::Procedure("event"),
    }
}

fn scalar(kind: Kind, number: u64) -> Value {
    let Ok(dword) = u32::try_from(number) else {
        return if matches!(kind, Kind::Handle(_)) {
            Value::Handle(number)
        } else {
            Value::Wide(number)
        };
    };
    match kind {
        Kind::Handle(_) => Value::Handle(number),
        Kind::DwordPtr => Value::Wide(number),
        Kind::TspiVersion | Kind::ExtVersion => Value::Version(Version(dword)),
        Kind::Dword(family) => Value::Number(dword, family),
        Kind::DeviceId if dword == u32::MAX => Value::Number(dword, Some(&INITIALIZE)),
        _ => Value::Number(dword, None),
    }
}

fn memory(kind: Kind, bytes: &[u8], version: Version) -> Value {
    let number = |bytes: &[u8]| {
        bytes
            .iter()
            .take(8)
            .rev()
            .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    };
    match kind {
        Kind::OutHandle(_) | Kind::OutIcon => Value::Handle(number(bytes)),
        Kind::OutDword(family) if bytes.len() == 4 => Value::Number(number(bytes) as u32, family),
        Kind::OutVersion if bytes.len() == 4 => Value::Version(Version(number(bytes) as u32)),
        Kind::OutGuid => {
            <[u8; 16]>::try_from(bytes).map_or_else(|_| Value::Bytes(bytes.to_vec()), Value::Guid)
        }
        Kind::InString | Kind::InChars { .. } | Kind::OutString { .. } | Kind::OutDigits { .. } => {
            let units = bytes
                .chunks_exact(2)
                .map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
            let units: Vec<u16> = units.take_while(|unit| *unit != 0).collect();
            Value::Text(String::from_utf16_lossy(&units))
        }
        Kind::InStruct(structure) | Kind::OutStruct(structure) => whole(structure, bytes, version),
        // By its key a provider tells the structure of TAPI 3 from a flowspec, whose place it takes.
        Kind::InBytes { size } if size.ends_with("FlowspecSize") && bytes.starts_with(QOS_KEY) => {
            whole(&LINECALLQOSINFO, bytes, version)
        }
        Kind::InArray { of, .. } => {
            let entries = bytes.chunks(of.fixed_size(version).max(1));
            Value::List(entries.map(|entry| whole(of, entry, version)).collect())
        }
        _ => Value::Bytes(bytes.to_vec()),
    }
}

fn whole(structure: &'static Structure, bytes: &[u8], version: Version) -> Value {
    Value::Struct(decode(structure, bytes, version).shown())
}
