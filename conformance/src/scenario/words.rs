//! Reads one line's tokens from left to right, with what was expected where they do not go on as they should.

use std::time::Duration;

use super::ast::{CallState, Ending, LineRef, Name, Value};
use super::error::{Mistake, MistakeKind};
use super::lexer::{Token, TokenKind, number_and_unit};
use super::source::{Span, Spanned};
use crate::tspi::{family, messages::callstate_mode, vocabulary};

/// The rest of a line.
pub(super) struct Reader<'t> {
    tokens: &'t [Token<'t>],
    at: usize,
    end: Span,
}

pub(super) type Read<T> = Result<T, Mistake>;

impl<'t> Reader<'t> {
    /// A reader of a line that is not empty.
    pub(super) fn new(tokens: &'t [Token<'t>]) -> Reader<'t> {
        let end = tokens.last().map_or(Span::default(), |last| Span {
            start: last.span.end(),
            len: 0,
        });
        Reader { tokens, at: 0, end }
    }

    /// Where the next token stands, or the line's end.
    pub(super) fn here(&self) -> Span {
        self.peek().map_or(self.end, |token| token.span)
    }

    fn peek(&self) -> Option<&'t Token<'t>> {
        self.tokens.get(self.at)
    }

    pub(super) fn is_done(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// Passes over one token.
    pub(super) fn skip(&mut self) {
        self.at += 1;
    }

    pub(super) fn expected(&self, what: &str) -> Mistake {
        let seen = self.peek().map_or("the line ends".to_owned(), |token| {
            format!("`{}` stands", token.text)
        });
        Mistake::new(
            MistakeKind::Syntax,
            self.here(),
            format!("expected {what}, and {seen} here"),
        )
        .label(what)
    }

    /// Takes these words if they come next, all or none.
    pub(super) fn words(&mut self, words: &str) -> bool {
        let wanted: Vec<&str> = words.split(' ').collect();
        let next = self.tokens.get(self.at..self.at + wanted.len());
        let matches = next.is_some_and(|next| {
            let same = |(token, word): (&Token<'_>, &&str)| {
                token.text == *word && matches!(token.kind, TokenKind::Word | TokenKind::Mark)
            };
            next.iter().zip(&wanted).all(same)
        });
        if matches {
            self.at += wanted.len();
        }
        matches
    }

    /// Takes these words or says that they are missing.
    pub(super) fn need(&mut self, words: &str) -> Read<()> {
        match self.words(words) {
            true => Ok(()),
            false => Err(self.expected(&format!("`{words}`"))),
        }
    }

    /// The next bare word.
    pub(super) fn word(&mut self, what: &str) -> Read<Name> {
        match self.peek() {
            Some(token) if token.kind == TokenKind::Word => {
                self.at += 1;
                Ok(Spanned::new(token.text.to_owned(), token.span))
            }
            _ => Err(self.expected(what)),
        }
    }

    /// The next string, as bytes.
    pub(super) fn bytes(&mut self, what: &str) -> Read<Spanned<Vec<u8>>> {
        match self.peek() {
            Some(Token {
                kind: TokenKind::Text(bytes),
                span,
                ..
            }) => {
                self.at += 1;
                Ok(Spanned::new(bytes.clone(), *span))
            }
            _ => Err(self.expected(what)),
        }
    }

    /// The next string, as text.
    pub(super) fn text(&mut self, what: &str) -> Read<Spanned<String>> {
        let Spanned { node, span } = self.bytes(what)?;
        let text = String::from_utf8(node)
            .map_err(|_| Mistake::new(MistakeKind::BadValue, span, "this string is no UTF-8 text"))?;
        Ok(Spanned::new(text, span))
    }

    /// A telephone number: a word or a string.
    pub(super) fn phone(&mut self) -> Read<Spanned<String>> {
        let number = match self.peek() {
            Some(Token {
                kind: TokenKind::Text(_),
                ..
            }) => self.text("a telephone number")?,
            _ => self.word("a telephone number")?,
        };
        if number.node.is_empty()
            || !number
                .node
                .chars()
                .all(|c| c.is_ascii_digit() || "*#+".contains(c))
        {
            let message = format!("`{number}` is no telephone number");
            let mistake = Mistake::new(MistakeKind::BadValue, number.span, message);
            return Err(mistake.help("a telephone number has digits, `*`, `#` and `+`"));
        }
        Ok(number)
    }

    /// A whole number.
    pub(super) fn number(&mut self, what: &str) -> Read<Spanned<u32>> {
        let word = self.word(what)?;
        let parsed = match word.node.strip_prefix("0x") {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => word.node.parse(),
        };
        parsed.map(|number| Spanned::new(number, word.span)).map_err(|_| {
            Mistake::new(MistakeKind::BadValue, word.span, format!("`{word}` is no number")).label(what)
        })
    }

    /// `200 ms`, `200ms`, `5 s` or `1 min`.
    pub(super) fn duration(&mut self) -> Read<Spanned<Duration>> {
        let what = "a duration, as in `200 ms` or `5 s`";
        let word = self.word(what)?;
        let wrong = |span, text: &str| {
            Mistake::new(MistakeKind::BadValue, span, format!("`{text}` is no duration")).label(what)
        };
        let (number, unit) = number_and_unit(&word.node).ok_or_else(|| wrong(word.span, &word.node))?;
        let (unit, span) = match unit {
            "" => {
                let unit = self.word("a unit: ms, s or min")?;
                let span = word.span.to(unit.span);
                (unit.node, span)
            }
            unit => (unit.to_owned(), word.span),
        };
        let seconds = match unit.as_str() {
            "ms" => 0.001,
            "s" => 1.0,
            "min" => 60.0,
            other => return Err(wrong(span, other)),
        };
        let number: f64 = number.parse().map_err(|_| wrong(word.span, &word.node))?;
        let duration = Duration::try_from_secs_f64(number * seconds).map_err(|_| wrong(span, &word.node))?;
        Ok(Spanned::new(duration, span))
    }

    /// `line 1` or `line 1 of Q`, from behind the word `line` on.
    pub(super) fn line_ref(&mut self) -> Read<LineRef> {
        let number = self.number("the number of a line")?;
        let provider = if self.words("of") {
            Some(self.word("the name of a provider")?)
        } else {
            None
        };
        Ok(LineRef { number, provider })
    }

    /// A constant of a family, with or without its prefix; held in full.
    pub(super) fn constant(&mut self, family_name: &str) -> Read<Name> {
        let word = self.word(&format!("a {family_name}_ constant"))?;
        in_family(&word, &[family_name])
    }

    /// One or more constants of a family, joined by `joint`.
    pub(super) fn constants(&mut self, family_name: &str, joint: &str) -> Read<Vec<Name>> {
        let mut names = vec![self.constant(family_name)?];
        while self.words(joint) {
            names.push(self.constant(family_name)?);
        }
        Ok(names)
    }

    /// `CONNECTED with LINECONNECTEDMODE_ACTIVE or IDLE`.
    pub(super) fn states(&mut self) -> Read<Vec<CallState>> {
        let mut states = Vec::new();
        loop {
            let state = self.constant("LINECALLSTATE")?;
            let mut modes = Vec::new();
            if self.words("with") {
                let of = vocabulary::member("LINECALLSTATE", &state.node).and_then(callstate_mode);
                let of = of.ok_or_else(|| {
                    Mistake::new(
                        MistakeKind::Syntax,
                        self.here(),
                        format!("{state} comes with no mode"),
                    )
                })?;
                modes = self.mode_list(of.name)?;
            }
            states.push(CallState { state, modes });
            if !self.words("or") {
                return Ok(states);
            }
        }
    }

    /// Modes joined by `or`; what is no mode behind an `or` is the next state.
    fn mode_list(&mut self, family_name: &str) -> Read<Vec<Name>> {
        let mut modes = vec![self.constant(family_name)?];
        loop {
            let before = self.at;
            if !self.words("or") {
                return Ok(modes);
            }
            match self.constant(family_name) {
                Ok(mode) => modes.push(mode),
                Err(_) => {
                    self.at = before;
                    return Ok(modes);
                }
            }
        }
    }

    /// `completes`, `fails`, `fails with A or B`, `completes or fails with A`; `None` where none of them comes.
    pub(super) fn ending(&mut self) -> Read<Option<Ending>> {
        let either = self.words("completes or fails");
        if !either && self.words("completes") {
            return Ok(Some(Ending::Completes));
        }
        if !either && !self.words("fails") {
            return Ok(None);
        }
        let errors = if self.words("with") {
            self.constants("LINEERR", "or")?
        } else {
            Vec::new()
        };
        Ok(Some(if either {
            Ending::CompletesOrFails(errors)
        } else {
            Ending::Fails(errors)
        }))
    }

    /// Strings, numbers and constants joined by `or`.
    pub(super) fn values(&mut self) -> Read<Vec<Value>> {
        let mut values = Vec::new();
        loop {
            values.push(self.value()?);
            if !self.words("or") {
                return Ok(values);
            }
        }
    }

    fn value(&mut self) -> Read<Value> {
        let what = "a string, a number or a constant";
        match self.peek() {
            Some(Token {
                kind: TokenKind::Text(_),
                ..
            }) => Ok(Value::Text(self.text(what)?)),
            Some(token) if token.text.starts_with(|c: char| c.is_ascii_digit()) => {
                Ok(Value::Number(self.number(what)?))
            }
            _ => Ok(Value::Constant(self.any_constant(what)?)),
        }
    }

    /// A constant of any family, by its whole name.
    pub(super) fn any_constant(&mut self, what: &str) -> Read<Name> {
        let word = self.word(what)?;
        if vocabulary::is_constant(&word.node) {
            return Ok(word);
        }
        let message = format!("there is no constant `{word}`");
        let mistake = Mistake::new(MistakeKind::UnknownConstant, word.span, message);
        Err(mistake.suggest(vocabulary::nearest_constant(&word.node), || {
            "write the whole name, as in `LINECALLSTATE_IDLE`".to_owned()
        }))
    }
}

/// The whole name of a constant that one of these families has.
pub(super) fn in_family(word: &Name, families: &[&str]) -> Read<Name> {
    for name in families {
        let of = family(name);
        let value = vocabulary::member(name, &word.node);
        if let Some(full) = of.zip(value).and_then(|(of, value)| of.name_of(value)) {
            // A value may have two names: the one that was written stays where it is a whole one.
            let full = if vocabulary::is_constant(&word.node) {
                &word.node
            } else {
                full
            };
            return Ok(Spanned::new(full.to_owned(), word.span));
        }
    }
    let near = families
        .iter()
        .find_map(|name| vocabulary::nearest_member(name, &word.node));
    let message = format!("`{word}` is no {}_ constant", families.join("_ or "));
    let mistake = Mistake::new(MistakeKind::UnknownConstant, word.span, message);
    Err(mistake.suggest(near, || {
        "the documentation of the family lists its constants".to_owned()
    }))
}
