//! Fills the slots of calls: names of what a step makes, uses or ends, devices, and values for parameters by their paths.

use super::ast::{Given, MessageValue, Name, NameKind};
use super::error::{Mistake, MistakeKind};
use super::form::{Hole, Slot};
use super::lexer::{Token, TokenKind};
use super::reader::{Mention, Reader, Stop};
use super::slots::{is_bare_number, is_name, spanned};
use super::source::Spanned;
use super::target::{Content, Target, target};
use super::value::Value;
use super::vocabulary::{is_callstate_mode, nearest};
use crate::tspi::messages::Parameter;
use crate::tspi::{self, Family, Function, Kind, Sender, constants};

/// The functions that end what a handle stands for, and the parameter with the handle.
const ENDING: &[(&str, &str)] = &[
    ("TSPI_lineClose", "hdLine"),
    ("TSPI_lineCloseCall", "hdCall"),
    ("TSPI_phoneClose", "hdPhone"),
    ("TSPI_lineCloseMSPInstance", "hdMSPLine"),
    ("TSPI_providerFreeDialogInstance", "hdDlgInst"),
];

impl<'t> Reader<'t> {
    /// Reads what goes to a parameter.
    pub(super) fn given(&mut self, hole: Hole) -> Result<Given, Stop> {
        use NameKind::{Call, Dialog, Line, MspInstance, Phone, Request};
        let slot = hole.slot;
        let reads = matches!(
            slot,
            Slot::Dialable | Slot::Digits | Slot::Text | Slot::Class | Slot::Count | Slot::Bytes
        );
        if reads && !hole.target.is_empty() && self.takes_quietly("its") {
            return self.its();
        }
        Ok(match slot {
            Slot::NewLine => self.new_name(slot, Line)?,
            Slot::NewCall => self.new_name(slot, Call)?,
            Slot::NewPhone => self.new_name(slot, Phone)?,
            Slot::NewMsp => self.new_name(slot, MspInstance)?,
            Slot::NewDialog => self.new_name(slot, Dialog)?,
            Slot::NewRequest => self.new_name(slot, Request)?,
            Slot::Line => self.used_name(slot, Line)?,
            Slot::Call => self.used_name(slot, Call)?,
            Slot::OpenPhone => self.used_name(slot, Phone)?,
            Slot::Msp => self.used_name(slot, MspInstance)?,
            Slot::Dialog => self.used_name(slot, Dialog)?,
            Slot::Request => self.last_name(slot, Request)?,
            Slot::EndLine => self.last_name(slot, Line)?,
            Slot::EndCall => self.last_name(slot, Call)?,
            Slot::EndPhone => self.last_name(slot, Phone)?,
            Slot::EndMsp => self.last_name(slot, MspInstance)?,
            Slot::EndDialog => self.last_name(slot, Dialog)?,
            Slot::Whom => self.whom(slot)?,
            Slot::Watched => self.watched(slot)?,
            Slot::Device => Given::Line(self.device(slot)?),
            Slot::PhoneDevice => Given::Phone(self.device(slot)?),
            Slot::Provider => {
                let name = self.name(slot)?;
                self.mentions.push(Mention::Provider(name.clone()));
                Given::Provider(name)
            }
            Slot::Dialable => Given::Text(self.dialable()?),
            Slot::Digits | Slot::Text | Slot::Class => Given::Text(self.text(slot)?),
            Slot::Bytes => Given::Bytes(self.bytes(slot)?),
            Slot::Count => Given::Number(self.number(slot)?.map(u64::from)),
            Slot::Duration => Given::Duration(self.duration()?),
            Slot::Version => Given::Version(self.version(slot)?),
            Slot::Switch => Given::Switch(self.switch()?),
            Slot::Media => Given::Constants(self.constants(slot, "and", &[&constants::LINEMEDIAMODE])?),
            Slot::Constants => self.constants_or_number(slot, hole.family)?,
            _ => return self.expect(super::reader::Expected::Slot(slot)),
        })
    }

    fn new_name(&mut self, slot: Slot, kind: NameKind) -> Result<Given, Stop> {
        let name = self.name(slot)?;
        self.mentions.push(Mention::Bind(kind, name.clone()));
        Ok(Given::New(kind, name))
    }

    fn used_name(&mut self, slot: Slot, kind: NameKind) -> Result<Given, Stop> {
        let name = self.name(slot)?;
        self.mentions.push(Mention::Use(kind, name.clone()));
        Ok(Given::Name(kind, name))
    }

    fn last_name(&mut self, slot: Slot, kind: NameKind) -> Result<Given, Stop> {
        let name = self.name(slot)?;
        self.mentions.push(Mention::End(kind, name.clone()));
        Ok(Given::Last(kind, name))
    }

    /// The name of what a message is about.
    fn whom(&mut self, slot: Slot) -> Result<Given, Stop> {
        let name = self.name(slot)?;
        let kinds: &'static [NameKind] = match self.message.map_or("", |message| message.name) {
            "LINE_SENDDIALOGINSTANCEDATA" => &[NameKind::Dialog],
            name if name.starts_with("PHONE_") => &[NameKind::Phone],
            _ => &[NameKind::Call, NameKind::Line],
        };
        self.mentions.push(Mention::UseAny(kinds, name.clone()));
        Ok(Given::Name(kinds[0], name))
    }

    /// The name of an open line or phone; of which, what is to be watched there may tell.
    fn watched(&mut self, slot: Slot) -> Result<Given, Stop> {
        let name = self.name(slot)?;
        let kinds: &'static [NameKind] = match self.watches_phone {
            Some(true) => &[NameKind::Phone],
            Some(false) => &[NameKind::Line],
            None => &[NameKind::Line, NameKind::Phone],
        };
        self.mentions.push(Mention::UseAny(kinds, name.clone()));
        Ok(Given::Name(kinds[0], name))
    }

    fn its(&mut self) -> Result<Given, Stop> {
        let field = self.field(Slot::Field)?;
        self.mentions.push(Mention::Its(field.clone()));
        Ok(Given::Its(field))
    }

    /// A string, or a word of hexadecimal digits behind `0x`.
    fn bytes(&mut self, slot: Slot) -> Result<Spanned<Vec<u8>>, Stop> {
        let Some(token) = self.peek_word() else {
            return self.data(slot);
        };
        let Some(digits) = token.text.strip_prefix("0x") else {
            return self.expect(super::reader::Expected::Slot(slot));
        };
        self.at += 1;
        let pairs = digits.as_bytes().chunks(2);
        let bytes: Option<Vec<u8>> = pairs
            .map(|pair| match pair {
                [_, _] => u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok(),
                _ => None,
            })
            .collect();
        let bytes = bytes.unwrap_or_else(|| {
            let message = format!("`{}` is no row of bytes", token.text);
            self.bad_value(
                token.span,
                message,
                "write two hexadecimal digits a byte, as in `0x01ff`",
            );
            Vec::new()
        });
        Ok(Spanned::new(bytes, token.span))
    }

    /// `2.1`, or the DWORD itself.
    pub(super) fn version(&mut self, slot: Slot) -> Result<Spanned<u32>, Stop> {
        let token = self.word_that(slot, |word| word.starts_with(|c: char| c.is_ascii_digit()))?;
        let version = match token.text.split_once('.') {
            Some((major, minor)) => {
                let halves = major.parse::<u16>().ok().zip(minor.parse::<u16>().ok());
                halves
                    .map(|(major, minor)| u32::from(major) << 16 | u32::from(minor))
                    .unwrap_or_else(|| {
                        let message = format!("`{}` is no version", token.text);
                        self.bad_value(token.span, message, "write it as in `2.1` or `0x00020001`");
                        0
                    })
            }
            None => self.number_of(token),
        };
        Ok(Spanned::new(version, token.span))
    }

    fn switch(&mut self) -> Result<Spanned<bool>, Stop> {
        let span = self.peek().map(|token| token.span).unwrap_or_default();
        if self.takes("on") {
            return Ok(Spanned::new(true, span));
        }
        self.word("off").map(|()| Spanned::new(false, span))
    }

    /// Constants of the family, joined by `and`; or a number.
    fn constants_or_number(&mut self, slot: Slot, family: Option<&'static Family>) -> Result<Given, Stop> {
        let number = self
            .peek_word()
            .is_some_and(|token| token.text.starts_with(|c: char| c.is_ascii_digit()));
        if number {
            return Ok(Given::Number(self.number(slot)?.map(u64::from)));
        }
        Ok(Given::Constants(match family {
            Some(family) => self.constants(slot, "and", &[family])?,
            None => self.bits()?,
        }))
    }

    /// Takes this word if it is next, without a note that it could be.
    fn takes_quietly(&mut self, word: &str) -> bool {
        let next = self.peek_word().is_some_and(|token| token.text == word);
        self.at += usize::from(next);
        next
    }

    /// The function that a step calls by name.
    pub(super) fn called_function(&mut self) -> Result<Value, Stop> {
        let token = self.word_that(Slot::Function, |word| word.contains("SPI_"))?;
        self.function = tspi::function(token.text);
        if self.function.is_none() {
            let message = format!("`{}` is no function of TSPI or TUISPI", token.text);
            let mistake = Mistake::new(MistakeKind::UnknownFunction, token.span, message);
            let meant = tspi::functions::nearest(token.text);
            self.problem(mistake.suggest(meant, || "`offhook list functions` names them all".to_owned()));
        }
        Ok(Value::Text(spanned(token)))
    }

    /// `dwCountryCode 49, lpCallParams.dwMediaMode LINEMEDIAMODE_DATAMODEM`.
    pub(super) fn parameters(&mut self) -> Result<Vec<(Name, Given)>, Stop> {
        let Some(function) = self.function else {
            // The function is not known, which has been said: what it takes cannot be told.
            self.at = self.tokens.len();
            return Ok(Vec::new());
        };
        self.commas(|reader| reader.parameter(function))
    }

    fn parameter(&mut self, function: &'static Function) -> Result<(Name, Given), Stop> {
        let path = self.word_that(Slot::Parameters, |word| {
            word.starts_with(|c: char| c.is_ascii_lowercase())
        })?;
        let given = match target(function, path.text) {
            Ok(target) => self.for_target(function, &target)?,
            Err(lost) => {
                let mistake = Mistake::new(MistakeKind::UnknownField, path.span, lost.message);
                self.problem(mistake.suggest(lost.nearest, || {
                    let names: Vec<&str> = function.args.iter().map(|arg| arg.name).collect();
                    format!("its parameters are {}", names.join(", "))
                }));
                // One token is read as its value, so that the rest of the line can be.
                self.at += usize::from(self.peek().is_some());
                Given::Null
            }
        };
        Ok((spanned(path), given))
    }

    /// A value of the kind that a target takes.
    fn for_target(&mut self, function: &'static Function, target: &Target<'_>) -> Result<Given, Stop> {
        if self.takes_quietly("NULL") {
            return Ok(Given::Null);
        }
        if self.takes_quietly("its") {
            return self.its();
        }
        let slot = Slot::Parameters;
        let word = self.peek_word().map_or("", |token| token.text);
        let number = word.starts_with(|c: char| c.is_ascii_digit());
        Ok(match target.content {
            Content::NewHandle(kind) if is_name(word) => self.new_name(slot, kind)?,
            Content::Handle(Some(kind)) if is_name(word) => {
                if ENDING.contains(&(function.name, target.parameter.name)) {
                    self.last_name(slot, kind)?
                } else {
                    self.used_name(slot, kind)?
                }
            }
            Content::Handle(_) | Content::NewHandle(_) | Content::Room => Given::Number(self.wide(slot)?),
            Content::Number(_) if target.parameter.kind == Kind::DwordPtr => Given::Number(self.wide(slot)?),
            Content::Number(family) => self.constants_or_number(slot, family)?,
            Content::Text if is_bare_number(word) => Given::Text(self.dialable()?),
            Content::Text => Given::Text(self.text(slot)?),
            Content::Bytes => Given::Bytes(self.bytes(slot)?),
            Content::Switch if number => Given::Number(self.wide(slot)?),
            Content::Switch => Given::Switch(self.switch()?),
            Content::Version => Given::Version(self.version(slot)?),
            Content::Procedure => {
                self.word("NULL")?;
                Given::Null
            }
        })
    }

    /// A number as wide as a pointer.
    fn wide(&mut self, slot: Slot) -> Result<Spanned<u64>, Stop> {
        let token = self.word_that(slot, |word| word.starts_with(|c: char| c.is_ascii_digit()))?;
        let parsed = match token.text.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16),
            None => token.text.parse(),
        };
        let number = parsed.unwrap_or_else(|_| {
            let message = format!("`{}` is no number of 64 bits", token.text);
            self.bad_value(token.span, message, "write it as in `17` or `0x11`");
            0
        });
        Ok(Spanned::new(number, token.span))
    }

    /// The name of a message that providers send.
    pub(super) fn message(&mut self, slot: Slot) -> Result<Value, Stop> {
        let of_devices = slot == Slot::DeviceMessage;
        let token = self.word_that(slot, |word| {
            (word.starts_with("LINE_") || word.starts_with("PHONE_")) && of_devices == is_of_devices(word)
        })?;
        self.message = tspi::message_named(token.text).filter(|message| message.sender == Sender::Provider);
        if self.message.is_none() {
            let message = format!("`{}` is no message that a provider sends", token.text);
            let mistake = Mistake::new(MistakeKind::UnknownConstant, token.span, message);
            let names = tspi::messages()
                .filter(|message| message.sender == Sender::Provider)
                .map(|message| message.name);
            self.problem(mistake.suggest(nearest(token.text, names), || {
                "such as LINE_MONITORDIGITS or PHONE_BUTTON".to_owned()
            }));
        }
        Ok(Value::Text(spanned(token)))
    }

    /// `LINEGATHERTERM_BUFFERFULL`, `digit "5"`, `dwParam1 7`.
    pub(super) fn message_value(&mut self) -> Result<MessageValue, Stop> {
        let token = self.word_that(Slot::MessageValues, |word| {
            word.starts_with(|c: char| c.is_ascii_alphabetic())
        })?;
        let Some(message) = self.message else {
            self.at = self.tokens.len();
            return Ok(MessageValue::default());
        };
        if let Some(place) = place_of(&message.params, token.text) {
            return self.value_of(place, message.params[place], token);
        }
        let holds = |parameter: &Parameter| match parameter {
            Parameter::Of(family) => family
                .constants
                .iter()
                .any(|constant| constant.name == token.text),
            Parameter::CallStateMode => {
                tspi::constant(token.text).is_some_and(|(family, _)| is_callstate_mode(family))
            }
            _ => false,
        };
        let Some(place) = message.params.iter().position(holds) else {
            let known: Vec<&str> = message
                .params
                .iter()
                .filter_map(|parameter| parameter.name())
                .collect();
            let families = message.params.iter().filter_map(|parameter| match parameter {
                Parameter::Of(family) => Some(*family),
                _ => None,
            });
            let members = families.flat_map(|family| family.constants.iter().map(|constant| constant.name));
            let text = format!("{} says nothing of `{}`", message.name, token.text);
            let mistake = Mistake::new(MistakeKind::UnknownConstant, token.span, text);
            let meant = nearest(token.text, members.chain(known.iter().copied()));
            self.problem(mistake.suggest(meant, || {
                format!(
                    "it has {}dwParam1, dwParam2 and dwParam3",
                    known.iter().map(|name| format!("{name}, ")).collect::<String>()
                )
            }));
            return Ok(MessageValue::default());
        };
        let mut names = vec![spanned(token)];
        while self.takes("and") {
            names.push(self.any_constant(Slot::MessageValues)?);
        }
        Ok(MessageValue {
            name: None,
            place,
            given: Given::Constants(names),
        })
    }

    fn value_of(
        &mut self,
        place: usize,
        parameter: Parameter,
        token: &Token<'_>,
    ) -> Result<MessageValue, Stop> {
        let given = match (parameter, self.peek().map(|token| &token.kind)) {
            (Parameter::Digit, Some(TokenKind::Text(_))) => {
                let digit = self.text(Slot::MessageValues)?;
                if digit.chars().count() != 1 {
                    self.bad_value(
                        digit.span,
                        "this is not one digit",
                        "write it as in `digit \"5\"`",
                    );
                }
                Given::Text(digit)
            }
            _ if self
                .peek_word()
                .is_some_and(|token| tspi::constant(token.text).is_some()) =>
            {
                Given::Constants(self.bits()?)
            }
            _ => Given::Number(self.wide(Slot::MessageValues)?),
        };
        Ok(MessageValue {
            name: Some(spanned(token)),
            place,
            given,
        })
    }
}

/// Whether a message comes from a provider rather than from a line, a call or a phone.
fn is_of_devices(message: &str) -> bool {
    matches!(
        message,
        "LINE_CREATE" | "LINE_REMOVE" | "PHONE_CREATE" | "PHONE_REMOVE"
    )
}

fn place_of(params: &[Parameter; 3], name: &str) -> Option<usize> {
    ["dwParam1", "dwParam2", "dwParam3"]
        .iter()
        .position(|known| *known == name)
        .or_else(|| params.iter().position(|parameter| parameter.name() == Some(name)))
}
