//! The rows of the table in words, for listings, explanations and reports.

use super::{CallbackKind, Function, Group, HandleKind, Kind, Mode, Need, Parameter};
use crate::tspi::structures::{LINECALLQOSINFO, Structure};

/// Which way a parameter's memory goes between TAPI and the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// TAPI gives it.
    In,
    /// The provider fills it.
    Out,
    /// TAPI gives it, and the provider may change it.
    InOut,
}

impl Direction {
    /// `in`, `out` or `in/out`.
    pub fn word(self) -> &'static str {
        match self {
            Direction::In => "in",
            Direction::Out => "out",
            Direction::InOut => "in/out",
        }
    }
}

impl Kind {
    /// The structure that TAPI passes there, whose members have names; of a flowspec that of TAPI 3, which takes its place.
    pub fn described(self) -> Option<&'static Structure> {
        match self {
            Kind::InStruct(structure) => Some(structure),
            Kind::InBytes { size } if size.ends_with("FlowspecSize") => Some(&LINECALLQOSINFO),
            _ => None,
        }
    }

    /// Which way it goes.
    pub fn direction(self) -> Direction {
        use Kind::*;
        match self {
            OutHandle(_)
            | OutDword(_)
            | OutVersion
            | OutBytes { .. }
            | OutDigits { .. }
            | OutString { .. }
            | OutGuid
            | OutIcon => Direction::Out,
            // TAPI sets dwTotalSize and what is its own.
            OutStruct(structure) if structure.variable => Direction::InOut,
            OutStruct(_) => Direction::Out,
            InOutBytes { .. } => Direction::InOut,
            _ => Direction::In,
        }
    }

    /// What it is, as in `LINEDEVCAPS` or `DWORD of LINEDIGITMODE_`.
    pub fn words(self) -> String {
        use Kind::*;
        match self {
            RequestId => "request id".to_owned(),
            DeviceId => "device id".to_owned(),
            AddressId => "address id".to_owned(),
            ProviderId => "permanent provider id".to_owned(),
            TspiVersion => "TSPI version".to_owned(),
            ExtVersion | OutVersion => "version".to_owned(),
            Handle(kind) | OutHandle(kind) => kind.word().to_owned(),
            Dword(Some(family)) | OutDword(Some(family)) => format!("DWORD of {}_", family.name),
            Dword(None) | OutDword(None) => "DWORD".to_owned(),
            Bool => "DWORD, zero or not".to_owned(),
            DwordPtr => "DWORD_PTR".to_owned(),
            Size { of } => format!("bytes of {of}"),
            Count { of } => format!("number in {of}"),
            InString => "string".to_owned(),
            InChars { count } => format!("{count} characters"),
            InBytes { size } | InOutBytes { size } | OutBytes { size } => format!("{size} bytes"),
            OutDigits { count } => format!("{count} characters"),
            OutString { bytes } => format!("string within {bytes} bytes"),
            InStruct(structure) | OutStruct(structure) => structure.name.to_owned(),
            InArray { of, count } => format!("{count} of {}", of.name),
            OutGuid => "GUID".to_owned(),
            OutIcon => "HICON".to_owned(),
            Callback(kind) => kind.word().to_owned(),
        }
    }
}

impl HandleKind {
    /// The documented name of the type.
    pub fn word(self) -> &'static str {
        match self {
            HandleKind::HdLine => "HDRVLINE",
            HandleKind::HdCall => "HDRVCALL",
            HandleKind::HdPhone => "HDRVPHONE",
            HandleKind::HdMspLine => "HDRVMSPLINE",
            HandleKind::HdDialog => "HDRVDIALOGINSTANCE",
            HandleKind::HtLine => "HTAPILINE",
            HandleKind::HtCall => "HTAPICALL",
            HandleKind::HtPhone => "HTAPIPHONE",
            HandleKind::HtMspLine => "HTAPIMSPLINE",
            HandleKind::HtDialog => "HTAPIDIALOGINSTANCE",
            HandleKind::HProvider => "HPROVIDER",
            HandleKind::Hwnd => "HWND",
            HandleKind::Process | HandleKind::Event => "HANDLE",
        }
    }
}

impl CallbackKind {
    /// The documented name of the type.
    pub fn word(self) -> &'static str {
        match self {
            CallbackKind::Completion => "ASYNC_COMPLETION",
            CallbackKind::LineEvent => "LINEEVENT",
            CallbackKind::PhoneEvent => "PHONEEVENT",
            CallbackKind::UiCallback => "TUISPIDLLCALLBACK",
        }
    }
}

impl Group {
    /// `line`, `phone` and so on.
    pub fn word(self) -> &'static str {
        match self {
            Group::Provider => "provider",
            Group::Line => "line",
            Group::Call => "call",
            Group::Supplementary => "supplementary",
            Group::Media => "media",
            Group::Msp => "msp",
            Group::Phone => "phone",
            Group::Ui => "ui",
            Group::Obsolete => "undeclared",
        }
    }
}

impl Mode {
    /// `sync` or `async`.
    pub fn word(self) -> &'static str {
        match self {
            Mode::Sync => "sync",
            Mode::Async => "async",
        }
    }
}

impl Need {
    /// `mandatory`, `optional`, `obsolete from 2.0` and so on.
    pub fn words(self) -> String {
        match self {
            Need::Mandatory => "mandatory".to_owned(),
            Need::MandatoryWithPhones => "mandatory with phones".to_owned(),
            Need::Optional => "optional".to_owned(),
            Need::Obsolete(from) => format!("obsolete from {from}"),
        }
    }
}

impl Parameter {
    /// `lphdCall out`; a parameter that may be NULL or zero has a question mark.
    pub fn words(&self) -> String {
        let mark = if self.optional { "?" } else { "" };
        match self.kind.direction() {
            Direction::In => format!("{}{mark}", self.name),
            other => format!("{}{mark} {}", self.name, other.word()),
        }
    }
}

impl Function {
    /// The call states in which it takes its calls, as in `hdCall: LINECALLSTATE_OFFERING`; empty where the page lays
    /// down none.
    pub fn states_in_words(&self) -> String {
        let rows: Vec<String> = self
            .entry_states()
            .iter()
            .map(|row| format!("{}: {}", row.handle, row.render()))
            .collect();
        rows.join("; ")
    }
}
