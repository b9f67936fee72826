//! Reads what a scenario needs of a provider.

use super::ast::Need;
use super::error::{Mistake, MistakeKind};
use super::form::Slot;
use super::lexer::Token;
use super::reader::{Reader, Stop};
use super::source::Spanned;
use super::vocabulary::{CAPABILITIES, nearest, resolve};
use crate::tspi;

impl Reader<'_> {
    /// `TSPI_lineDial`, `LINEADDRCAPFLAGS_PARTIALDIAL`, `modem`, `addresses`, `test-extensions`.
    pub(super) fn need(&mut self) -> Result<Spanned<Need>, Stop> {
        let token = self.word_that(Slot::Needs, |_| true)?;
        let word = token.text;
        let capability = CAPABILITIES.iter().find_map(|(family, structure, field)| {
            let constant = resolve(word, &[*family]).filter(|whole| *whole == word)?;
            Some(Need::Capability {
                structure: *structure,
                field,
                constant: constant.to_owned(),
            })
        });
        let need = match word {
            "modem" => Some(Need::Modem),
            "pbx" => Some(Need::Pbx),
            "addresses" => Some(Need::Addresses),
            "test-extensions" => Some(Need::TestExtensions),
            _ => capability,
        };
        if need.is_none() && tspi::function(word).is_none() {
            self.problem(unknown_need(token));
        }
        Ok(Spanned::new(
            need.unwrap_or_else(|| Need::Function(word.to_owned())),
            token.span,
        ))
    }
}

fn unknown_need(token: &Token<'_>) -> Mistake {
    let word = token.text;
    let functions = tspi::functions().map(|function| function.name);
    let constants = CAPABILITIES
        .iter()
        .flat_map(|(family, ..)| family.constants.iter().map(|c| c.name));
    let meant = nearest(
        word,
        functions
            .chain(constants)
            .chain(["modem", "addresses", "test-extensions"]),
    );
    let kind = if word.starts_with("LINE") {
        MistakeKind::UnknownConstant
    } else {
        MistakeKind::UnknownFunction
    };
    Mistake::new(
        kind,
        token.span,
        format!("`{word}` is nothing that a scenario can need"),
    )
    .suggest(meant, || {
        "name a TSPI function, a bit of the capabilities such as LINEADDRCAPFLAGS_PARTIALDIAL, `modem` or `addresses`"
            .to_owned()
    })
}
