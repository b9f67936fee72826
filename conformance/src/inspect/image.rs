//! A provider's file as it lies on the disk: format, machine and exports, read without running it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use object::read::{ExportTarget, NameOrOrdinal};
use object::{Architecture, BinaryFormat, FileKind, Object, ObjectKind};

/// What a file says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// The form of the file.
    pub format: Format,
    /// The width of its pointers: 32 or 64.
    pub bits: u8,
    /// The processor that it is for.
    pub machine: Machine,
    /// Its exports by name, then those without a name by ordinal.
    pub exports: Vec<Export>,
}

/// The form of a library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A Windows DLL.
    Pe,
    /// A library of Linux and its kin.
    Elf,
    /// A library of macOS.
    MachO,
}

/// A processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Machine {
    /// 32-bit x86.
    X86,
    /// 64-bit x86.
    X86_64,
    /// 64-bit ARM.
    Aarch64,
    /// Another one.
    Other,
}

/// Something exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Name or number.
    pub name: ExportName,
    /// The export of another library that stands in for it, as in `OTHER.TSPI_lineOpen`.
    pub forward: Option<String>,
}

/// What an export is known by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExportName {
    /// A name.
    Name(String),
    /// A number alone (PE only).
    Ordinal(u16),
}

/// Why a file cannot be a provider.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// It cannot be read.
    #[error("{}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// It is something else than a library.
    #[error("{}: {what}, and no library that can be a provider", path.display())]
    NoLibrary {
        /// The file.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// It begins like a library and does not hold together.
    #[error("{}: the file is damaged: {what}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        what: String,
    },
}

impl Image {
    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, is no library, or is damaged.
    pub fn read(path: &Path) -> Result<Image, ImageError> {
        let data = std::fs::read(path).map_err(|error| ImageError::Unreadable {
            path: path.to_owned(),
            error,
        })?;
        Image::parse(path, &data)
    }

    /// Reads the bytes of a file that has this name.
    ///
    /// # Errors
    /// They are no library, or damaged.
    pub fn parse(path: &Path, data: &[u8]) -> Result<Image, ImageError> {
        let no_library = |what| ImageError::NoLibrary {
            path: path.to_owned(),
            what,
        };
        let damaged = |error: object::read::Error| ImageError::Damaged {
            path: path.to_owned(),
            what: error.to_string(),
        };
        match FileKind::parse(data) {
            Ok(
                FileKind::Pe32
                | FileKind::Pe64
                | FileKind::Elf32
                | FileKind::Elf64
                | FileKind::MachO32
                | FileKind::MachO64,
            ) => {}
            Ok(FileKind::MachOFat32 | FileKind::MachOFat64) => {
                return Err(no_library("a file for several processors at once"));
            }
            _ if data.starts_with(b"MZ") => {
                return Err(no_library("a program of DOS or 16-bit Windows, or a damaged DLL"));
            }
            _ => return Err(no_library("neither PE nor ELF")),
        }
        let file = object::File::parse(data).map_err(damaged)?;
        match file.kind() {
            ObjectKind::Dynamic => {}
            ObjectKind::Executable => return Err(no_library("a program")),
            ObjectKind::Relocatable => return Err(no_library("an object file")),
            _ => return Err(no_library("a file of another kind")),
        }
        let format = match file.format() {
            BinaryFormat::Pe => Format::Pe,
            BinaryFormat::Elf => Format::Elf,
            BinaryFormat::MachO => Format::MachO,
            _ => return Err(no_library("a file of another form")),
        };
        let mut exports = Vec::new();
        for export in file.exports().map_err(damaged)? {
            let export = export.map_err(damaged)?;
            exports.push(Export {
                name: match export.name() {
                    // Mach-O puts an underscore before each name of C.
                    NameOrOrdinal::Name(name) => {
                        let name = String::from_utf8_lossy(name);
                        let plain = name.strip_prefix('_').filter(|_| format == Format::MachO);
                        ExportName::Name(plain.unwrap_or(&name).to_owned())
                    }
                    NameOrOrdinal::Ordinal(number) => ExportName::Ordinal(number),
                },
                forward: forward(export.target()),
            });
        }
        exports.sort_by(|one, other| one.name.cmp(&other.name));
        exports.dedup_by(|one, other| one.name == other.name);
        Ok(Image {
            format,
            bits: if file.is_64() { 64 } else { 32 },
            machine: match file.architecture() {
                Architecture::I386 => Machine::X86,
                Architecture::X86_64 => Machine::X86_64,
                Architecture::Aarch64 => Machine::Aarch64,
                _ => Machine::Other,
            },
            exports,
        })
    }

    /// The width of a program's or library's pointers, by its first bytes.
    pub fn width(path: &Path) -> Option<u8> {
        let data = std::fs::read(path).ok()?;
        match FileKind::parse(&*data).ok()? {
            FileKind::Pe32 | FileKind::Elf32 | FileKind::MachO32 => Some(32),
            FileKind::Pe64 | FileKind::Elf64 | FileKind::MachO64 => Some(64),
            _ => None,
        }
    }

    /// The names that it exports.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.exports.iter().filter_map(|export| match &export.name {
            ExportName::Name(name) => Some(name.as_str()),
            ExportName::Ordinal(_) => None,
        })
    }

    /// Why no process on this machine can load it; `None` where one can. A PE file needs Wine where this is no Windows.
    pub fn unloadable(&self) -> Option<String> {
        let native = if cfg!(windows) {
            Format::Pe
        } else if cfg!(target_os = "macos") {
            Format::MachO
        } else {
            Format::Elf
        };
        if self.format != native && self.format != Format::Pe {
            return Some(format!("it is {}, and this system loads {native}", self.format));
        }
        let here = if cfg!(target_arch = "x86_64") {
            Machine::X86_64
        } else if cfg!(target_arch = "x86") {
            Machine::X86
        } else if cfg!(target_arch = "aarch64") {
            Machine::Aarch64
        } else {
            Machine::Other
        };
        // A 64-bit Windows, and a Wine with 32-bit parts, run 32-bit processes too.
        let narrow = self.format == Format::Pe && self.machine == Machine::X86 && here == Machine::X86_64;
        if self.machine != here && !narrow {
            return Some(format!("it is for {}, and this machine is {here}", self.machine));
        }
        None
    }
}

fn forward(target: ExportTarget<'_>) -> Option<String> {
    match target {
        ExportTarget::Reexport { library, name } => {
            let name = match name {
                NameOrOrdinal::Name(name) => String::from_utf8_lossy(name).into_owned(),
                NameOrOrdinal::Ordinal(number) => format!("#{number}"),
            };
            Some(format!("{}.{name}", String::from_utf8_lossy(library)))
        }
        _ => None,
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::Pe => "PE",
            Format::Elf => "ELF",
            Format::MachO => "Mach-O",
        })
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Machine::X86 => "x86",
            Machine::X86_64 => "x86-64",
            Machine::Aarch64 => "ARM64",
            Machine::Other => "another processor",
        })
    }
}

impl fmt::Display for ExportName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExportName::Name(name) => f.write_str(name),
            ExportName::Ordinal(number) => write!(f, "#{number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refused(data: &[u8]) -> String {
        Image::parse(Path::new("some.tsp"), data)
            .expect_err("no library")
            .to_string()
    }

    #[test]
    fn what_is_no_library_is_said_to_be_none() {
        assert_eq!(
            refused(b"[provider]"),
            "some.tsp: neither PE nor ELF, and no library that can be a provider"
        );
        assert_eq!(
            refused(b""),
            "some.tsp: neither PE nor ELF, and no library that can be a provider"
        );
        assert!(
            refused(b"MZ and no more")
                .starts_with("some.tsp: a program of DOS or 16-bit Windows, or a damaged DLL")
        );
        let missing = Image::read(Path::new("no/such/file.tsp")).expect_err("there is none");
        assert!(matches!(missing, ImageError::Unreadable { .. }));
    }

    #[test]
    fn a_program_is_no_library() {
        let own = std::env::current_exe().expect("a test has a path");
        assert_eq!(Image::width(&own).map(u32::from), Some(usize::BITS));
        // The test program is position-independent on some systems, which ELF does not tell from a library.
        match Image::read(&own) {
            Ok(image) => assert_eq!(image.format, Format::Elf),
            Err(error) => assert!(error.to_string().contains("a program"), "{error}"),
        }
    }

    /// The smallest PE file that says what it is: headers without a section.
    fn headers_only(machine: u16, magic: u16, dll: bool) -> Vec<u8> {
        let mut file = vec![0; 0x40 + 24 + 240];
        let mut put = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, b"MZ");
        put(0x3c, &0x40_u32.to_le_bytes());
        put(0x40, b"PE\0\0");
        put(0x44, &machine.to_le_bytes());
        let optional: u16 = if magic == 0x20b { 112 } else { 96 };
        put(0x54, &optional.to_le_bytes());
        put(0x56, &(0x0002_u16 | if dll { 0x2000 } else { 0 }).to_le_bytes());
        put(0x58, &magic.to_le_bytes());
        file
    }

    #[test]
    fn a_dll_tells_its_width_and_its_machine() {
        let path = Path::new("some.tsp");
        let narrow = Image::parse(path, &headers_only(0x14c, 0x10b, true)).expect("a DLL");
        assert_eq!(
            (narrow.format, narrow.bits, narrow.machine),
            (Format::Pe, 32, Machine::X86)
        );
        assert!(narrow.exports.is_empty());
        let wide = Image::parse(path, &headers_only(0x8664, 0x20b, true)).expect("a DLL");
        assert_eq!((wide.bits, wide.machine), (64, Machine::X86_64));
        let foreign = Image::parse(path, &headers_only(0xaa64, 0x20b, true)).expect("a DLL");
        assert_eq!(foreign.machine, Machine::Aarch64);
        if cfg!(target_arch = "x86_64") {
            assert_eq!(wide.unloadable(), None);
            assert_eq!(
                foreign.unloadable().as_deref(),
                Some("it is for ARM64, and this machine is x86-64")
            );
        }
        assert!(refused(&headers_only(0x8664, 0x20b, false)).contains("a program"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn any_bytes_can_be_read(
            mut data in prop::collection::vec(any::<u8>(), 0..400),
            begin in prop::sample::select(vec![&b""[..], b"MZ", b"\x7fELF\x02\x01\x01", b"\xcf\xfa\xed\xfe"]),
        ) {
            let length = begin.len().min(data.len());
            data[..length].copy_from_slice(&begin[..length]);
            let _ = Image::parse(Path::new("some.tsp"), &data);
        }

        /// Sound headers with a few bytes spoilt.
        #[test]
        fn spoilt_headers_can_be_read(spoils in prop::collection::vec((0x3c_usize..300, any::<u8>()), 1..8)) {
            let mut data = headers_only(0x8664, 0x20b, true);
            for (place, value) in spoils {
                data[place] = value;
            }
            let _ = Image::parse(Path::new("some.tsp"), &data);
        }
    }
}
