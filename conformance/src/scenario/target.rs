//! Where a value goes: a parameter of a function, a member of the structure that it takes, or an entry of a list.
//!
//! A path names it: `hdCall`, `lpCallParams.dwMediaMode`, `lpCallParams.DialParams.dwDialPause`,
//! `lpTones.1.dwFrequency`, `lpForwardList.2.DestAddress`. Entries count from 1.

use super::ast::NameKind;
use super::vocabulary::nearest;
use crate::tspi::structures::{Content as PartContent, FieldKind};
use crate::tspi::{Family, Function, HandleKind, Kind, Parameter, Structure};

/// The most entries that a list in a step may have.
const MOST_ENTRIES: usize = 64;

/// Where a value goes.
#[derive(Debug, Clone, Copy)]
pub struct Target<'p> {
    /// The parameter.
    pub parameter: &'static Parameter,
    /// The entry of the list that it points to, from 1.
    pub entry: Option<usize>,
    /// The member of the structure or entry, with dots where it is inside another.
    pub member: Option<&'p str>,
    /// What can stand there.
    pub content: Content,
}

/// What can stand at a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// A handle, perhaps of something that scenarios have names for.
    Handle(Option<NameKind>),
    /// TAPI's handle for something that the function makes, which gets its name so.
    NewHandle(NameKind),
    /// A number, perhaps with names.
    Number(Option<&'static Family>),
    /// A string.
    Text,
    /// Bytes.
    Bytes,
    /// A BOOL.
    Switch,
    /// A version.
    Version,
    /// How much room there is to fill, in bytes.
    Room,
    /// One of TAPI's procedures, which only may be left out.
    Procedure,
}

/// Why a path leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// What is wrong, in a sentence without its stop.
    pub message: String,
    /// The nearest name that there is.
    pub nearest: Option<&'static str>,
}

/// What kind of name a handle goes by in scenarios.
pub(super) fn name_kind(handle: HandleKind) -> Option<NameKind> {
    Some(match handle {
        HandleKind::HdLine | HandleKind::HtLine => NameKind::Line,
        HandleKind::HdCall | HandleKind::HtCall => NameKind::Call,
        HandleKind::HdPhone | HandleKind::HtPhone => NameKind::Phone,
        HandleKind::HdMspLine | HandleKind::HtMspLine => NameKind::MspInstance,
        HandleKind::HdDialog | HandleKind::HtDialog => NameKind::Dialog,
        HandleKind::HProvider | HandleKind::Hwnd | HandleKind::Process | HandleKind::Event => return None,
    })
}

/// The out parameter in which a provider gives its own handle for the thing that TAPI calls `ht…` there.
pub fn given_for(function: &Function, ht: &str) -> Option<&'static str> {
    let wanted = format!("lphd{}", ht.strip_prefix("ht")?);
    let found = function.args.iter().find(|arg| arg.name == wanted)?;
    matches!(found.kind, Kind::OutHandle(_)).then_some(found.name)
}

/// Follows a path.
///
/// # Errors
/// The first step of it that there is not.
pub fn target<'p>(function: &'static Function, path: &'p str) -> Result<Target<'p>, Lost> {
    let (first, rest) = match path.split_once('.') {
        Some((first, rest)) => (first, Some(rest)),
        None => (path, None),
    };
    let Some(place) = function.arg(first) else {
        return Err(Lost {
            message: format!("{} has no parameter `{first}`", function.name),
            nearest: nearest(first, function.args.iter().map(|arg| arg.name)),
        });
    };
    let parameter = &function.args[place];
    let Some(rest) = rest else {
        let (entry, member, content) = (None, None, whole(function, parameter));
        return Ok(Target {
            parameter,
            entry,
            member,
            content,
        });
    };
    let no_members = || Lost {
        message: format!("`{first}` of {} has no members", function.name),
        nearest: None,
    };
    let (entry, member, structure) = match rest.split_once('.') {
        Some((number, member)) if number.starts_with(|c: char| c.is_ascii_digit()) => {
            let of = entries_of(parameter.kind).ok_or_else(no_members)?;
            (Some(entry_number(number)?), member, of)
        }
        _ => match (parameter.kind, parameter.kind.described()) {
            (_, Some(structure)) => (None, rest, structure),
            (Kind::InArray { of, .. }, _) => {
                let message = format!(
                    "`{first}` is a list: name the entry too, as in `{first}.1.{}`",
                    first_member(of)
                );
                return Err(Lost {
                    message,
                    nearest: None,
                });
            }
            _ => return Err(no_members()),
        },
    };
    let content = member_content(structure, member)?;
    Ok(Target {
        parameter,
        entry,
        member: Some(member),
        content,
    })
}

fn first_member(structure: &Structure) -> &'static str {
    structure.all_members().next().map_or("", |member| member.name)
}

fn entry_number(text: &str) -> Result<usize, Lost> {
    let number = text
        .parse()
        .ok()
        .filter(|number| (1..=MOST_ENTRIES).contains(number));
    number.ok_or_else(|| Lost {
        message: format!("`{text}` is no entry of a list: they count from 1 to {MOST_ENTRIES}"),
        nearest: None,
    })
}

/// The structure of the entries of a list, or of the list that a structure ends in.
fn entries_of(kind: Kind) -> Option<&'static Structure> {
    match kind {
        Kind::InArray { of, .. } => Some(of),
        kind => kind
            .described()?
            .all_members()
            .find_map(|member| match member.kind {
                FieldKind::Array { of, .. } => Some(of),
                _ => None,
            }),
    }
}

fn member_content(structure: &'static Structure, member: &str) -> Result<Content, Lost> {
    if let Some((outer, inner)) = member.split_once('.')
        && let Some(FieldKind::Struct(nested)) = structure.member(outer).map(|member| member.kind)
    {
        return member_content(nested, inner);
    }
    if let Some((_, _, content)) = structure.part(member) {
        return Ok(match content {
            PartContent::Text => Content::Text,
            _ => Content::Bytes,
        });
    }
    match structure.member(member).map(|member| member.kind) {
        Some(FieldKind::Dword(family)) => Ok(Content::Number(family)),
        Some(
            FieldKind::TotalSize
            | FieldKind::NeededSize
            | FieldKind::UsedSize
            | FieldKind::Size(_)
            | FieldKind::Offset { .. }
            | FieldKind::Handle,
        ) => Ok(Content::Number(None)),
        Some(FieldKind::Guid | FieldKind::Time | FieldKind::Struct(_) | FieldKind::Array { .. }) => {
            Err(Lost {
                message: format!("`{member}` of {} cannot be given as a whole", structure.name),
                nearest: None,
            })
        }
        None => Err(Lost {
            message: format!("{} has no `{member}`", structure.name),
            nearest: nearest(member, structure.names()),
        }),
    }
}

fn whole(function: &Function, parameter: &Parameter) -> Content {
    match parameter.kind {
        Kind::Handle(handle) => match name_kind(handle) {
            Some(kind) if given_for(function, parameter.name).is_some() => Content::NewHandle(kind),
            kind => Content::Handle(kind),
        },
        Kind::Dword(family) => Content::Number(family),
        Kind::TspiVersion | Kind::ExtVersion => Content::Version,
        Kind::Bool => Content::Switch,
        Kind::InString | Kind::InChars { .. } => Content::Text,
        Kind::InBytes { .. } | Kind::InOutBytes { .. } | Kind::InStruct(_) | Kind::InArray { .. } => {
            Content::Bytes
        }
        Kind::OutHandle(_)
        | Kind::OutDword(_)
        | Kind::OutVersion
        | Kind::OutBytes { .. }
        | Kind::OutDigits { .. }
        | Kind::OutString { .. }
        | Kind::OutStruct(_)
        | Kind::OutGuid
        | Kind::OutIcon => Content::Room,
        Kind::Callback(_) => Content::Procedure,
        Kind::RequestId
        | Kind::DeviceId
        | Kind::AddressId
        | Kind::ProviderId
        | Kind::DwordPtr
        | Kind::Size { .. }
        | Kind::Count { .. } => Content::Number(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tspi::{constants, function};

    fn at(name: &str, path: &'static str) -> Result<Target<'static>, Lost> {
        target(function(name).expect("a function"), path)
    }

    #[test]
    fn paths_lead_to_parameters_members_and_entries() {
        let of = |name, path| at(name, path).map(|found| found.content);
        assert_eq!(
            of("TSPI_lineMakeCall", "hdLine"),
            Ok(Content::Handle(Some(NameKind::Line)))
        );
        assert_eq!(
            of("TSPI_lineMakeCall", "htCall"),
            Ok(Content::NewHandle(NameKind::Call))
        );
        assert_eq!(
            of("TSPI_lineMakeCall", "lpCallParams.dwMediaMode"),
            Ok(Content::Number(Some(&constants::LINEMEDIAMODE)))
        );
        assert_eq!(
            of("TSPI_lineMakeCall", "lpCallParams.DialParams.dwDialPause"),
            Ok(Content::Number(None))
        );
        assert_eq!(
            of("TSPI_lineForward", "lpForwardList.2.DestAddress"),
            Ok(Content::Text)
        );
        let tone = at("TSPI_lineGenerateTone", "lpTones.3.dwVolume").expect("a member");
        assert_eq!((tone.entry, tone.member), (Some(3), Some("dwVolume")));
    }

    #[test]
    fn a_path_that_leads_nowhere_names_the_nearest() {
        let lost = at("TSPI_lineMakeCall", "dwCuntryCode").expect_err("there is none");
        assert_eq!(lost.nearest, Some("dwCountryCode"));
        let lost = at("TSPI_lineMakeCall", "lpCallParams.dwMedaMode").expect_err("there is none");
        assert_eq!(lost.nearest, Some("dwMediaMode"));
        for path in [
            "lpTones.dwVolume",
            "lpTones.0.dwVolume",
            "lpTones.99.dwVolume",
            "hdCall.dwVolume",
        ] {
            assert!(at("TSPI_lineGenerateTone", path).is_err(), "{path}");
        }
    }

    #[test]
    fn handles_that_tapi_gives_are_paired_with_those_of_the_provider() {
        let pair = |name, ht| given_for(function(name).expect("a function"), ht);
        assert_eq!(
            pair("TSPI_lineSetupTransfer", "htConsultCall"),
            Some("lphdConsultCall")
        );
        assert_eq!(
            pair("TSPI_lineCreateMSPInstance", "htMSPLine"),
            Some("lphdMSPLine")
        );
        assert_eq!(pair("TSPI_lineMakeCall", "hdLine"), None);
        assert_eq!(pair("TUISPI_providerGenericDialog", "htDlgInst"), None);
    }
}
