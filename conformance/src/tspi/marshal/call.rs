//! Builds the arguments of a call from named values; what is not named gets what TAPI would pass by default.

use offhook_host_protocol::Arg;

use crate::tspi::functions::{self, CallbackKind, Function, HandleKind, Kind, Parameter, function};
use crate::tspi::nearest::nearest;
use crate::tspi::structures::{Fill, output, utf16};
use crate::tspi::version::Version;

/// Room behind the fixed part of a structure to be filled, where the caller does not say how much.
const ROOM_BYTES: usize = 1024;

/// Why a call could not be put together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MarshalError {
    /// There is no such function.
    #[error("TSPI has no function {name}{}", .nearest.map(|n| format!("; did you mean {n}?")).unwrap_or_default())]
    UnknownFunction {
        /// The name that was given.
        name: String,
        /// The nearest name that exists.
        nearest: Option<&'static str>,
    },
    /// The function has no such parameter.
    #[error("{function} has no parameter {name}{}", .nearest.map(|n| format!("; did you mean {n}?")).unwrap_or_default())]
    UnknownParameter {
        /// The function.
        function: &'static str,
        /// The name that was given.
        name: String,
        /// The nearest name that exists.
        nearest: Option<&'static str>,
    },
    /// The parameter takes something else.
    #[error("parameter {name} of {function} takes no {given}")]
    WrongKind {
        /// The function.
        function: &'static str,
        /// The parameter.
        name: &'static str,
        /// What was given.
        given: &'static str,
    },
}

/// What was given for a parameter.
#[derive(Debug, Clone)]
enum Input {
    Number(u64),
    Memory { bytes: Vec<u8>, entries: usize },
    Room(usize),
    Null,
}

/// A call under construction.
#[derive(Debug, Clone)]
pub struct Call {
    function: &'static Function,
    version: Version,
    bits: u8,
    fill: Fill,
    inputs: Vec<Option<Input>>,
    failed: Option<MarshalError>,
}

impl Call {
    /// A call of the function with this name, at TSPI 3.1 in a 64-bit child.
    ///
    /// # Errors
    /// [`MarshalError::UnknownFunction`].
    pub fn new(name: &str) -> Result<Call, MarshalError> {
        let found = function(name).map(Call::of);
        found.ok_or_else(|| MarshalError::UnknownFunction {
            name: name.to_owned(),
            nearest: functions::nearest(name),
        })
    }

    /// A call of this function.
    pub fn of(function: &'static Function) -> Call {
        let inputs = vec![None; function.args.len()];
        Call {
            function,
            version: Version::V3_1,
            bits: 64,
            fill: Fill::default(),
            inputs,
            failed: None,
        }
    }

    /// The function that is called.
    pub fn function(&self) -> &'static Function {
        self.function
    }

    /// The version that rules the layout of structures, and the default of `dwTSPIVersion`.
    pub fn version(self, version: impl Into<Version>) -> Call {
        Call {
            version: version.into(),
            ..self
        }
    }

    /// The width of the child's pointers: 32 or 64.
    pub fn bits(self, bits: u8) -> Call {
        Call { bits, ..self }
    }

    /// What memory for the provider holds where TAPI promises nothing.
    pub fn fill(self, fill: Fill) -> Call {
        Call { fill, ..self }
    }

    /// The request id of an asynchronous function.
    pub fn request(mut self, id: u32) -> Call {
        match self.function.args.iter().find(|p| p.kind == Kind::RequestId) {
            Some(parameter) => self.set(
                parameter.name,
                "request id",
                |_| true,
                Input::Number(u64::from(id)),
            ),
            None => self.fail(self.unknown("dwRequestID")),
        }
        self
    }

    /// A handle, or another number as wide as a pointer.
    pub fn handle(mut self, name: &str, handle: u64) -> Call {
        let fits = |kind| matches!(kind, Kind::Handle(_) | Kind::DwordPtr);
        self.set(name, "handle", fits, Input::Number(handle));
        self
    }

    /// A DWORD of any meaning. A size or count given here overrides the one that follows from its memory.
    pub fn dword(mut self, name: &str, value: u32) -> Call {
        let fits = |kind| is_scalar(kind) && !matches!(kind, Kind::Handle(_));
        self.set(name, "DWORD", fits, Input::Number(u64::from(value)));
        self
    }

    /// A string; it is passed in UTF-16 with its terminator.
    pub fn text(mut self, name: &str, text: &str) -> Call {
        let bytes = utf16(text);
        let entries = bytes.len() / 2;
        let fits = |kind| matches!(kind, Kind::InString | Kind::InChars { .. } | Kind::InBytes { .. });
        self.set(name, "string", fits, Input::Memory { bytes, entries });
        self
    }

    /// Bytes to read, or to read and change.
    pub fn bytes(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Call {
        let bytes = bytes.into();
        let entries = bytes.len() / 2;
        let fits = |kind| {
            use Kind::{InBytes, InChars, InOutBytes, InString};
            matches!(
                kind,
                InBytes { .. } | InOutBytes { .. } | InChars { .. } | InString
            )
        };
        self.set(name, "bytes", fits, Input::Memory { bytes, entries });
        self
    }

    /// A structure, as bytes: one to read, or one to fill with all its bytes preset.
    pub fn structure(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Call {
        let fits = |kind| {
            matches!(
                kind,
                Kind::InStruct(_) | Kind::OutStruct(_) | Kind::InArray { .. }
            )
        };
        self.set(
            name,
            "structure",
            fits,
            Input::Memory {
                bytes: bytes.into(),
                entries: 1,
            },
        );
        self
    }

    /// Structures one after another, each as bytes.
    pub fn array(mut self, name: &str, entries: &[Vec<u8>]) -> Call {
        let input = Input::Memory {
            bytes: entries.concat(),
            entries: entries.len(),
        };
        self.set(
            name,
            "list of structures",
            |kind| matches!(kind, Kind::InArray { .. }),
            input,
        );
        self
    }

    /// How many bytes of room there are to fill: `dwTotalSize` of a structure, the size of a buffer or of a number, whose
    /// place then holds what `fill` says.
    pub fn room(mut self, name: &str, bytes: usize) -> Call {
        let fits = |kind| {
            use Kind::{
                InOutBytes, OutBytes, OutDigits, OutDword, OutGuid, OutHandle, OutIcon, OutString, OutStruct,
            };
            let numbers = matches!(kind, OutDword(_) | OutGuid | OutHandle(_) | OutIcon);
            numbers
                || matches!(
                    kind,
                    OutStruct(_) | OutBytes { .. } | InOutBytes { .. } | OutDigits { .. } | OutString { .. }
                )
        };
        self.set(name, "room", fits, Input::Room(bytes));
        self
    }

    /// A null pointer.
    pub fn null(mut self, name: &str) -> Call {
        self.set(name, "null pointer", |kind| !is_scalar(kind), Input::Null);
        self
    }

    /// The arguments in the function's order.
    ///
    /// # Errors
    /// The first name that does not exist or does not take what was given.
    pub fn build(self) -> Result<Vec<Arg>, MarshalError> {
        match &self.failed {
            Some(error) => Err(error.clone()),
            None => Ok(self
                .function
                .args
                .iter()
                .enumerate()
                .map(|(i, p)| self.arg(i, p))
                .collect()),
        }
    }

    fn arg(&self, place: usize, parameter: &Parameter) -> Arg {
        let input = self.inputs[place].as_ref();
        if let Kind::Callback(kind) = parameter.kind {
            return if matches!(input, Some(Input::Null)) {
                Arg::Null
            } else {
                callback(kind)
            };
        }
        match input {
            Some(Input::Number(number)) => Arg::Value(*number),
            Some(Input::Null) => Arg::Null,
            Some(Input::Memory { bytes, .. }) => match parameter.kind {
                Kind::OutStruct(_) | Kind::InOutBytes { .. } => out(bytes.clone(), parameter),
                _ => Arg::In(bytes.clone()),
            },
            Some(Input::Room(room)) => match parameter.kind {
                Kind::OutStruct(structure) => {
                    out(output(structure, *room, self.version, self.fill), parameter)
                }
                _ => out(vec![self.fill.byte(); *room], parameter),
            },
            None => self.default(parameter),
        }
    }

    /// What TAPI would pass where the caller says nothing.
    fn default(&self, parameter: &Parameter) -> Arg {
        let pointer = usize::from(self.bits / 8);
        match parameter.kind {
            Kind::TspiVersion if parameter.name == "dwTSPIVersion" => Arg::Value(u64::from(self.version.0)),
            Kind::Size { of } => Arg::Value(self.measure(of).0),
            Kind::Count { of } => Arg::Value(self.measure(of).1),
            // TAPI sets the options to 0 before (`nf-tspi-tspi_providerinit.md`), and a handle that is left tells of no call.
            Kind::OutDword(_) if parameter.kept || parameter.name == "lpdwTSPIOptions" => {
                out(vec![0; 4], parameter)
            }
            Kind::OutHandle(_) if parameter.kept || self.function.name == "TSPI_lineForward" => {
                out(vec![0; pointer], parameter)
            }
            Kind::OutHandle(_) | Kind::OutIcon => out(vec![self.fill.byte(); pointer], parameter),
            Kind::OutDword(_) | Kind::OutVersion => out(vec![self.fill.byte(); 4], parameter),
            Kind::OutGuid => out(vec![self.fill.byte(); 16], parameter),
            Kind::OutString { bytes } => out(vec![0; bytes], parameter),
            Kind::OutStruct(structure) => {
                let total = structure.fixed_size(self.version) + ROOM_BYTES;
                out(output(structure, total, self.version, self.fill), parameter)
            }
            Kind::OutBytes { size } => self.buffer(size, 1, parameter),
            Kind::OutDigits { count } => self.buffer(count, 2, parameter),
            Kind::Handle(HandleKind::Event) => Arg::Event,
            kind if is_scalar(kind) => Arg::Value(0),
            _ => Arg::Null,
        }
    }

    /// A buffer as large as another parameter says; none where it says nothing.
    fn buffer(&self, size: &str, unit: usize, parameter: &Parameter) -> Arg {
        match self
            .function
            .arg(size)
            .and_then(|place| self.inputs[place].as_ref())
        {
            Some(Input::Number(entries)) => {
                let entries = usize::try_from(*entries)
                    .unwrap_or(usize::MAX)
                    .min(u16::MAX.into());
                out(vec![self.fill.byte(); entries * unit], parameter)
            }
            _ => Arg::Null,
        }
    }

    /// Bytes and entries of another parameter's memory.
    fn measure(&self, of: &str) -> (u64, u64) {
        let Some(place) = self.function.arg(of) else {
            return (0, 0);
        };
        let (bytes, entries) = match &self.inputs[place] {
            Some(Input::Memory { bytes, entries }) => (bytes.len(), *entries),
            Some(Input::Room(room)) => (*room, *room / 2),
            _ => (0, 0),
        };
        (bytes as u64, entries as u64)
    }

    fn set(&mut self, name: &str, given: &'static str, fits: impl Fn(Kind) -> bool, input: Input) {
        let Some(place) = self.function.arg(name) else {
            return self.fail(self.unknown(name));
        };
        let parameter = &self.function.args[place];
        if fits(parameter.kind) {
            self.inputs[place] = Some(input);
        } else {
            let function = self.function.name;
            self.fail(MarshalError::WrongKind {
                function,
                name: parameter.name,
                given,
            });
        }
    }

    fn fail(&mut self, error: MarshalError) {
        self.failed.get_or_insert(error);
    }

    fn unknown(&self, name: &str) -> MarshalError {
        MarshalError::UnknownParameter {
            function: self.function.name,
            name: name.to_owned(),
            nearest: nearest(name, self.function.args.iter().map(|p| p.name)),
        }
    }
}

fn out(bytes: Vec<u8>, parameter: &Parameter) -> Arg {
    Arg::Out {
        bytes,
        keep: parameter.kept,
    }
}

fn callback(kind: CallbackKind) -> Arg {
    match kind {
        CallbackKind::Completion => Arg::Completion,
        CallbackKind::LineEvent => Arg::LineEvent,
        CallbackKind::PhoneEvent => Arg::PhoneEvent,
        CallbackKind::UiCallback => Arg::UiCallback,
    }
}

/// Whether a parameter is passed as a number.
fn is_scalar(kind: Kind) -> bool {
    use Kind::{
        AddressId, Bool, Count, DeviceId, Dword, DwordPtr, ExtVersion, Handle, ProviderId, RequestId, Size,
        TspiVersion,
    };
    matches!(
        kind,
        RequestId
            | DeviceId
            | AddressId
            | ProviderId
            | TspiVersion
            | ExtVersion
            | Handle(_)
            | Dword(_)
            | Bool
            | DwordPtr
            | Size { .. }
            | Count { .. }
    )
}
