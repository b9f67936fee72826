//! Every function that a provider or its user interface DLL can export, described once.
//!
//! Calls, their rendering, listings and capability checks all come from these rows: the 114 `TSPI_` and 8 `TUISPI_`
//! functions that the header declares, and the three obsolete ones that only the documentation still names.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::constants::Family;
use super::structures::Structure;
use super::version::Version;

mod call;
mod errors;
mod errors_call;
mod errors_phone;
mod line;
mod media;
mod msp;
mod obsolete;
mod phone;
mod phone_set;
mod provider;
mod states;
mod supplementary;
#[cfg(test)]
mod tests;
mod ui;
mod words;

pub use states::EntryStates;
pub use words::Direction;

/// A function of TSPI or TUISPI.
#[derive(Debug)]
pub struct Function {
    /// The exported name.
    pub name: &'static str,
    /// The documentation page.
    pub page: &'static str,
    /// What it is about.
    pub group: Group,
    /// How it gives its result.
    pub mode: Mode,
    /// The first version that has it.
    pub since: Version,
    /// Whether a provider exports it.
    pub need: Need,
    /// Its parameters in order.
    pub args: &'static [Parameter],
}

/// What a function is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// The provider as a whole.
    Provider,
    /// Line devices and addresses.
    Line,
    /// A call from beginning to end.
    Call,
    /// Hold, transfer, conference, forwarding, park, completion.
    Supplementary,
    /// Digits, tones, media types, terminals, quality of service.
    Media,
    /// Media service providers and call hubs.
    Msp,
    /// Phone devices.
    Phone,
    /// The user interface DLL.
    Ui,
    /// Documented, but no longer declared in the header.
    Obsolete,
}

/// How a function gives its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// By its return value: zero or an error.
    Sync,
    /// By returning its request id and completing the request later, or by returning an error.
    Async,
}

/// Whether a provider exports a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Every provider does (`tspi-basic-telephony-functions.md`, `event-notification.md`, and the pages of functions
    /// that demand it).
    Mandatory,
    /// Every provider with phone devices does.
    MandatoryWithPhones,
    /// A provider that offers the feature does.
    Optional,
    /// From this version on TAPI no longer calls it.
    Obsolete(Version),
}

/// A parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameter {
    /// The documented name.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// Whether a pointer may be NULL or a handle zero.
    pub optional: bool,
    /// Whether the provider may write there until the request completes (or digits are gathered).
    pub kept: bool,
}

/// What a parameter is: all that is needed to pass it, and to read it again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// The id under which an asynchronous request completes.
    RequestId,
    /// A line or phone device identifier.
    DeviceId,
    /// An address identifier.
    AddressId,
    /// The provider's permanent identifier.
    ProviderId,
    /// A TSPI version.
    TspiVersion,
    /// An extension version.
    ExtVersion,
    /// An opaque handle.
    Handle(HandleKind),
    /// Room for a handle that the provider gives.
    OutHandle(HandleKind),
    /// A DWORD, perhaps with named values.
    Dword(Option<&'static Family>),
    /// Room for a DWORD.
    OutDword(Option<&'static Family>),
    /// Room for a version.
    OutVersion,
    /// A DWORD that is zero or not.
    Bool,
    /// A number as wide as a pointer.
    DwordPtr,
    /// The size in bytes of another parameter's memory.
    Size {
        /// The parameter measured.
        of: &'static str,
    },
    /// The number of entries or characters of another parameter's memory.
    Count {
        /// The parameter counted.
        of: &'static str,
    },
    /// A NUL-terminated UTF-16 string.
    InString,
    /// UTF-16 characters, counted by another parameter.
    InChars {
        /// The parameter that counts.
        count: &'static str,
    },
    /// Bytes.
    InBytes {
        /// The parameter with their number.
        size: &'static str,
    },
    /// Bytes that the provider reads and may change.
    InOutBytes {
        /// The parameter with their number.
        size: &'static str,
    },
    /// Room for bytes.
    OutBytes {
        /// The parameter with their number.
        size: &'static str,
    },
    /// Room for UTF-16 characters, counted by another parameter, with no terminator when full.
    OutDigits {
        /// The parameter that counts.
        count: &'static str,
    },
    /// Room of a fixed size for a NUL-terminated UTF-16 string.
    OutString {
        /// Bytes of room.
        bytes: usize,
    },
    /// A structure to read.
    InStruct(&'static Structure),
    /// Structures to read, one after another.
    InArray {
        /// The entries.
        of: &'static Structure,
        /// The parameter that counts them.
        count: &'static str,
    },
    /// A structure to fill.
    OutStruct(&'static Structure),
    /// Room for a GUID.
    OutGuid,
    /// Room for an icon handle.
    OutIcon,
    /// A procedure of TAPI's that the provider calls.
    Callback(CallbackKind),
}

/// Whose handle it is, and of what: `Hd` handles are the provider's, `Ht` handles TAPI's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are the names of the documented types")]
pub enum HandleKind {
    HdLine,
    HdCall,
    HdPhone,
    HdMspLine,
    HdDialog,
    HtLine,
    HtCall,
    HtPhone,
    HtMspLine,
    HtDialog,
    HProvider,
    Hwnd,
    Process,
    Event,
}

/// Which procedure of TAPI's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallbackKind {
    /// `ASYNC_COMPLETION`.
    Completion,
    /// `LINEEVENT`.
    LineEvent,
    /// `PHONEEVENT`.
    PhoneEvent,
    /// `TUISPIDLLCALLBACK`.
    UiCallback,
}

/// The functions without which TAPI can neither start a provider nor open a line of it.
const VITAL: [&str; 6] = [
    "TSPI_providerEnumDevices",
    "TSPI_providerInit",
    "TSPI_providerShutdown",
    "TSPI_lineNegotiateTSPIVersion",
    "TSPI_lineOpen",
    "TSPI_lineClose",
];

impl Function {
    /// Whether nothing can be done with a provider that does not export it. Of other mandatory functions published providers
    /// leave out some, and TAPI answers LINEERR_OPERATIONUNAVAIL for them.
    pub fn is_vital(&self) -> bool {
        VITAL.contains(&self.name)
    }

    /// The place of a parameter.
    pub fn arg(&self, name: &str) -> Option<usize> {
        self.args.iter().position(|p| p.name == name)
    }

    /// The call states in which each call handle is welcome, as far as the page lays them down.
    pub fn entry_states(&self) -> &'static [EntryStates] {
        states::of(self.name)
    }

    /// The `LINECALLSTATE_` bits in which the function may be called on its first call handle.
    pub fn states(&self) -> Option<u32> {
        self.entry_states().first().map(|s| s.states)
    }

    /// The names of the errors that the page lists; none where it has no list. Lists are incomplete, so a code outside
    /// one is a hint, no breach.
    pub fn errors(&self) -> &'static [&'static str] {
        errors::of(self.name)
    }

    /// Whether the header declares it.
    pub fn is_declared(&self) -> bool {
        self.group != Group::Obsolete
    }
}

/// Declares functions: mode, need, first version, page, and `parameter: kind [optional, kept]`.
macro_rules! function_table {
    (group $group:ident; $($name:ident: $mode:ident, $need:ident $(($until:ident))?, since $since:ident, $page:literal {
        $($arg:ident: $kind:expr $(, [$($flag:ident),+])?;)*
    })*) => {
        /// The functions of this file.
        pub(super) static FUNCTIONS: &[$crate::tspi::functions::Function] = &[$(
            $crate::tspi::functions::Function {
                name: stringify!($name),
                page: $page,
                group: $crate::tspi::functions::Group::$group,
                mode: $crate::tspi::functions::Mode::$mode,
                since: $crate::tspi::version::Version::$since,
                need: $crate::tspi::functions::Need::$need $(($crate::tspi::version::Version::$until))?,
                args: &[$(
                    $crate::tspi::functions::Parameter::new(stringify!($arg), $kind) $($(.$flag())+)?
                ),*],
            },
        )*];
    };
}
use function_table;

impl Parameter {
    const fn new(name: &'static str, kind: Kind) -> Parameter {
        Parameter {
            name,
            kind,
            optional: false,
            kept: false,
        }
    }

    const fn optional(self) -> Parameter {
        Parameter {
            optional: true,
            ..self
        }
    }

    const fn kept(self) -> Parameter {
        Parameter { kept: true, ..self }
    }
}

static ALL: &[&[Function]] = &[
    provider::FUNCTIONS,
    line::FUNCTIONS,
    call::FUNCTIONS,
    supplementary::FUNCTIONS,
    media::FUNCTIONS,
    msp::FUNCTIONS,
    phone::FUNCTIONS,
    phone_set::FUNCTIONS,
    ui::FUNCTIONS,
    obsolete::FUNCTIONS,
];

static BY_NAME: LazyLock<HashMap<&'static str, &'static Function>> =
    LazyLock::new(|| functions().map(|f| (f.name, f)).collect());

/// All functions: those of the header, then the obsolete ones.
pub fn functions() -> impl Iterator<Item = &'static Function> {
    ALL.iter().copied().flatten()
}

/// The function with this exported name.
pub fn function(name: &str) -> Option<&'static Function> {
    BY_NAME.get(name).copied()
}

/// The function whose name is nearest to a misspelt one.
pub fn nearest(name: &str) -> Option<&'static str> {
    super::nearest::nearest(name, functions().map(|f| f.name))
}
