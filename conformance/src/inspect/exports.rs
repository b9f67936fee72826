//! A provider's exports held against the table of TSPI.

use super::image::{ExportName, Image};
use crate::tspi::vocabulary::nearest_function;
use crate::tspi::{Function, Need, function, functions};

/// What an image is, by its exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A telephony service provider.
    Provider,
    /// The user interface DLL of one: it has TUISPI functions and no TSPI function.
    UiDll,
    /// Neither: it exports no function of either interface.
    Neither,
}

/// Exports, judged.
#[derive(Debug)]
pub struct Exports {
    /// What the image is.
    pub role: Role,
    /// The functions of TSPI and TUISPI that it has, in the table's order.
    pub functions: Vec<&'static Function>,
    /// Mandatory functions that a provider of its role lacks.
    pub missing: Vec<&'static Function>,
    /// Functions that it lacks and that others which it has ask for.
    pub companions: Vec<Companion>,
    /// Names that look like TSPI and are none.
    pub misspelt: Vec<Misspelt>,
    /// What else it exports.
    pub others: Vec<String>,
    /// How many exports have a number only; TAPI looks functions up by name.
    pub unnamed: usize,
}

/// A function that goes with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Companion {
    /// The function that is asked for.
    pub wanted: &'static str,
    /// The page that asks.
    pub page: &'static str,
    /// What asks for it.
    pub because: &'static str,
}

/// A name that looks like a function of TSPI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misspelt {
    /// The exported name.
    pub name: String,
    /// The function with the nearest name.
    pub nearest: Option<&'static str>,
    /// Whether the name is right but for the decoration of 32-bit stdcall (`_NAME@BYTES`), which a `.def` file takes away.
    pub decorated: bool,
}

/// A row: what is asked for, where, and whether the exports ask for it.
struct Row {
    companion: Companion,
    asked: fn(&Image) -> bool,
}

fn has(image: &Image, name: &str) -> bool {
    image.names().any(|known| known == name)
}

fn has_ui(image: &Image) -> bool {
    image.names().any(|name| name.starts_with("TUISPI_"))
        && image.names().any(|name| name.starts_with("TSPI_"))
}

const COMPANIONS: &[Row] = &[
    Row {
        companion: Companion {
            wanted: "TSPI_providerUIIdentify",
            page: "nf-tspi-tspi_provideruiidentify.md",
            because: "it has functions of a user interface DLL, which TAPI asks the provider for",
        },
        asked: has_ui,
    },
    Row {
        companion: Companion {
            wanted: "TUISPI_providerGenericDialogData",
            page: "nf-tspi-tuispi_providergenericdialogdata.md",
            because: "it has TUISPI_providerGenericDialog",
        },
        asked: |image| has(image, "TUISPI_providerGenericDialog"),
    },
    Row {
        companion: Companion {
            wanted: "TSPI_phoneNegotiateTSPIVersion",
            page: "nf-tspi-tspi_phonenegotiatetspiversion.md",
            because: "it has TSPI_phoneOpen",
        },
        asked: |image| has(image, "TSPI_phoneOpen"),
    },
];

impl Exports {
    /// Judges the exports of an image.
    pub fn judge(image: &Image) -> Exports {
        let known: Vec<&'static Function> = functions().filter(|f| has(image, f.name)).collect();
        let role = if known.iter().any(|f| f.name.starts_with("TSPI_")) {
            Role::Provider
        } else if known.is_empty() {
            Role::Neither
        } else {
            Role::UiDll
        };
        let missing = match role {
            Role::UiDll => Vec::new(),
            _ => functions()
                .filter(|f| f.need == Need::Mandatory && !has(image, f.name))
                .collect(),
        };
        let companions = COMPANIONS
            .iter()
            .filter(|row| (row.asked)(image) && !has(image, row.companion.wanted))
            .map(|row| row.companion)
            .collect();
        let mut misspelt = Vec::new();
        let mut others = Vec::new();
        for name in image.names().filter(|name| function(name).is_none()) {
            match look_alike(name) {
                Some(found) => misspelt.push(found),
                None => others.push(name.to_owned()),
            }
        }
        Exports {
            role,
            functions: known,
            missing,
            companions,
            misspelt,
            others,
            unnamed: image
                .exports
                .iter()
                .filter(|export| matches!(export.name, ExportName::Ordinal(_)))
                .count(),
        }
    }

    /// Whether a function is exported.
    pub fn has(&self, name: &str) -> bool {
        self.functions.iter().any(|f| f.name == name)
    }
}

/// A name that begins like TSPI, or is near to one of its names.
fn look_alike(name: &str) -> Option<Misspelt> {
    let plain = name.strip_prefix('_').unwrap_or(name);
    let plain = match plain.rsplit_once('@') {
        Some((stem, bytes)) if bytes.chars().all(|c| c.is_ascii_digit()) => stem,
        _ => plain,
    };
    let upper = plain.to_uppercase();
    let near = nearest_function(plain);
    let alike = near.is_some() || upper.starts_with("TSPI") || upper.starts_with("TUISPI");
    alike.then(|| Misspelt {
        name: name.to_owned(),
        nearest: near,
        decorated: plain != name && near == Some(plain),
    })
}

#[cfg(test)]
mod tests {
    use super::super::image::{Export, Format, Machine};
    use super::*;

    fn image<'n>(names: impl IntoIterator<Item = &'n str>) -> Image {
        let export = |name: &str| Export {
            name: ExportName::Name(name.to_owned()),
            forward: None,
        };
        Image {
            format: Format::Pe,
            bits: 64,
            machine: Machine::X86_64,
            exports: names.into_iter().map(export).collect(),
        }
    }

    fn mandatory() -> Vec<&'static str> {
        let mandatory = functions().filter(|f| f.need == Need::Mandatory);
        mandatory.map(|f| f.name).collect()
    }

    #[test]
    fn a_provider_lacks_what_the_table_demands() {
        let all = mandatory();
        let exports = Exports::judge(&image(all.iter().copied()));
        assert_eq!(exports.role, Role::Provider);
        assert!(exports.missing.is_empty() && exports.companions.is_empty());
        assert_eq!(exports.functions.len(), all.len());

        let exports = Exports::judge(&image(
            all.iter().copied().filter(|name| *name != "TSPI_lineDrop"),
        ));
        let missing: Vec<_> = exports.missing.iter().map(|f| f.name).collect();
        assert_eq!(missing, ["TSPI_lineDrop"]);
        assert!(exports.has("TSPI_lineDial") && !exports.has("TSPI_lineDrop"));
    }

    #[test]
    fn names_that_look_like_tspi_find_their_neighbour() {
        let names = [
            "TSPI_lineMakecall",
            "_TSPI_lineOpen@20",
            "TSPI_somethingElseAltogether",
            "DllMain",
        ];
        let exports = Exports::judge(&image(names));
        assert_eq!(exports.role, Role::Neither);
        let found: Vec<_> = exports
            .misspelt
            .iter()
            .map(|m| (m.name.as_str(), m.nearest, m.decorated))
            .collect();
        assert_eq!(
            found,
            [
                ("TSPI_lineMakecall", Some("TSPI_lineMakeCall"), false),
                ("_TSPI_lineOpen@20", Some("TSPI_lineOpen"), true),
                ("TSPI_somethingElseAltogether", None, false),
            ]
        );
        assert_eq!(exports.others, ["DllMain"]);
    }

    #[test]
    fn a_user_interface_dll_is_no_provider_that_lacks_everything() {
        let exports = Exports::judge(&image(["TUISPI_providerConfig", "TUISPI_providerGenericDialog"]));
        assert_eq!(exports.role, Role::UiDll);
        assert!(exports.missing.is_empty());
        let wanted: Vec<_> = exports.companions.iter().map(|c| c.wanted).collect();
        assert_eq!(wanted, ["TUISPI_providerGenericDialogData"]);
        let both = Exports::judge(&image(mandatory().into_iter().chain(["TUISPI_providerConfig"])));
        let wanted: Vec<_> = both.companions.iter().map(|c| c.wanted).collect();
        assert_eq!(wanted, ["TSPI_providerUIIdentify"]);
    }

    #[test]
    fn companions_are_functions() {
        for row in COMPANIONS {
            assert!(
                function(row.companion.wanted).is_some(),
                "{}",
                row.companion.wanted
            );
        }
    }

    #[test]
    fn an_export_without_a_name_is_counted() {
        let mut image = image([]);
        image.exports.push(Export {
            name: ExportName::Ordinal(500),
            forward: None,
        });
        assert_eq!(Exports::judge(&image).unnamed, 1);
    }
}
