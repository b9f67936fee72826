//! Fills the slots that hold TSPI's own names: states with their modes, media modes, error codes, values, bits.

use super::ast::{self, CallState, Name, ReportMessage};
use super::error::{Mistake, MistakeKind};
use super::form::Slot;
use super::lexer::{Token, TokenKind};
use super::reader::{Expected, Reader, Stop};
use super::slots::spanned;
use super::source::Spanned;
use super::vocabulary::{mode_family, nearest, nearest_constant, resolve};
use crate::tspi::{self, Family, constants};

static STATES: &Family = &constants::LINECALLSTATE;

/// What TAPI asks providers to report of lines and of phones.
static STATUSES: [&Family; 5] = [
    &constants::LINEDEVSTATE,
    &constants::LINEADDRESSSTATE,
    &constants::PHONESTATE,
    &constants::PHONEBUTTONMODE,
    &constants::PHONEBUTTONSTATE,
];

impl<'t> Reader<'t> {
    /// Constants of these families, whole or short, joined by `joint`.
    pub(super) fn constants(
        &mut self,
        slot: Slot,
        joint: &'static str,
        families: &[&'static Family],
    ) -> Result<Vec<Name>, Stop> {
        let mut names = vec![self.constant(slot, families)?];
        while self.takes(joint) {
            names.push(self.constant(slot, families)?);
        }
        Ok(names)
    }

    /// A constant; one that there is not is a mistake, and the line is read on.
    fn constant(&mut self, slot: Slot, families: &[&'static Family]) -> Result<Name, Stop> {
        let token = self.word_that(slot, |_| true)?;
        Ok(self.resolved(token, families))
    }

    fn resolved(&mut self, token: &Token<'_>, families: &[&'static Family]) -> Name {
        match resolve(token.text, families) {
            Some(whole) => Spanned::new(whole.to_owned(), token.span),
            None => {
                self.problem(unknown_constant(token, families));
                spanned(token)
            }
        }
    }

    /// `BUSY or DISCONNECTED with NORMAL or BUSY`: behind `with`, a name is a mode if it can be one.
    pub(super) fn states(&mut self) -> Result<Vec<CallState>, Stop> {
        let mut states = Vec::new();
        loop {
            let token = self.word_that(Slot::States, |_| true)?;
            let state = self.resolved(token, &[STATES]);
            let family = mode_family(&state);
            let mut modes = Vec::new();
            let mut more = false;
            if let Some(with) = self.peek().filter(|_| self.takes("with")) {
                if family.is_none() && resolve(&state, &[STATES]).is_some() {
                    let message = format!("`{}` comes with no mode", state.node);
                    self.bad_value(with.span, message, "leave out `with` and what follows it");
                }
                (modes, more) = self.modes(family)?;
            }
            states.push(CallState { state, modes });
            if !more && !self.takes("or") {
                return Ok(states);
            }
        }
    }

    /// The modes of one state, and whether an `or` behind them leads on to another state.
    fn modes(&mut self, family: Option<&'static Family>) -> Result<(Vec<Name>, bool), Stop> {
        let families: Vec<&'static Family> = family.into_iter().collect();
        let mut modes = Vec::new();
        loop {
            let Some(token) = self.peek_word() else {
                return self.expect(Expected::Mode);
            };
            let is_mode = resolve(token.text, &families).is_some();
            if !modes.is_empty() && !is_mode && resolve(token.text, &[STATES]).is_some() {
                return Ok((modes, true));
            }
            self.at += 1;
            modes.push(if family.is_some() {
                self.resolved(token, &families)
            } else {
                spanned(token)
            });
            if !self.takes("or") {
                return Ok((modes, false));
            }
        }
    }

    /// Constants of one of these families: the first tells which, and with it the message.
    pub(super) fn reports(
        &mut self,
        slot: Slot,
        families: &[(&'static Family, ReportMessage)],
    ) -> Result<(ReportMessage, Vec<Name>), Stop> {
        let first = self.peek_word().map_or("", |token| token.text);
        let Some((family, message)) = families
            .iter()
            .find(|(family, _)| resolve(first, &[*family]).is_some())
        else {
            let whole = first.contains('_');
            let prefix = |family: &Family| if whole { 0 } else { family.name.len() + 1 };
            let names = families
                .iter()
                .flat_map(|(f, _)| f.constants.iter().map(|c| &c.name[prefix(f)..]));
            return self.expect(Expected::OneOf(slot, names.collect()));
        };
        Ok((*message, self.constants(slot, "or", &[*family])?))
    }

    /// Strings, numbers and whole names of constants, joined by `or`.
    pub(super) fn values(&mut self) -> Result<Vec<ast::Value>, Stop> {
        let mut values = Vec::new();
        loop {
            let Some(token) = self.peek() else {
                return self.expect(Expected::Slot(Slot::Values));
            };
            values.push(match &token.kind {
                TokenKind::Text(_) => ast::Value::Text(self.text(Slot::Values)?),
                TokenKind::Word if token.text.starts_with(|c: char| c.is_ascii_digit()) => {
                    self.at += 1;
                    ast::Value::Number(Spanned::new(self.number_of(token), token.span))
                }
                _ => ast::Value::Constant(self.any_constant(Slot::Values)?),
            });
            if !self.takes("or") {
                return Ok(values);
            }
        }
    }

    /// Status changes of lines and addresses, or of phones and their buttons, joined by `and`.
    pub(super) fn statuses(&mut self) -> Result<Vec<Name>, Stop> {
        let names = self.constants(Slot::Statuses, "and", &STATUSES)?;
        let of_phone = |name: &Name| name.starts_with("PHONE");
        self.watches_phone = names.first().map(of_phone);
        if let Some(other) = names
            .iter()
            .find(|name| Some(of_phone(name)) != self.watches_phone)
        {
            let message = format!("`{other}` is not reported by what the others are");
            self.bad_value(
                other.span,
                message,
                "watch a line in one step and a phone in another",
            );
        }
        Ok(names)
    }

    /// Whole names of constants, joined by `and`.
    pub(super) fn bits(&mut self) -> Result<Vec<Name>, Stop> {
        let mut names = vec![self.any_constant(Slot::Bits)?];
        while self.takes("and") {
            names.push(self.any_constant(Slot::Bits)?);
        }
        Ok(names)
    }

    /// The whole name of a constant of any family.
    pub(super) fn any_constant(&mut self, slot: Slot) -> Result<Name, Stop> {
        let token = self.word_that(slot, |word| word.starts_with(|c: char| c.is_ascii_uppercase()))?;
        if tspi::constant(token.text).is_none() {
            let message = format!("`{}` is no constant", token.text);
            let mistake = Mistake::new(MistakeKind::UnknownConstant, token.span, message);
            self.problem(mistake.suggest(nearest(token.text, constants::names()), || {
                "constants are written with their whole names here, as in `LINECALLSTATE_IDLE`".to_owned()
            }));
        }
        Ok(spanned(token))
    }
}

/// A word that is no constant of these families: what it should be, what else it is, and what is nearest.
fn unknown_constant(token: &Token<'_>, families: &[&'static Family]) -> Mistake {
    let names: Vec<&str> = families.iter().map(|family| family.name).collect();
    let wanted = names.join(" or ");
    let mistake = Mistake::new(
        MistakeKind::UnknownConstant,
        token.span,
        format!("`{}` is no {wanted}", token.text),
    );
    let mistake = match tspi::constant(token.text) {
        Some((family, _)) => mistake.label(format!("a {}", family.name)),
        None => mistake,
    };
    mistake.suggest(nearest_constant(token.text, families), || {
        let members = families
            .iter()
            .flat_map(|family| family.constants.iter().map(|c| c.name));
        let some: Vec<&str> = members.take(4).collect();
        format!("a {wanted} is meant, such as {}", some.join(", "))
    })
}
