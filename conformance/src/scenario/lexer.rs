//! A line of a scenario as words, strings, commas and colons, each with its place. `#` begins a comment.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while_m_n, take_while1};
use nom::character::complete::{anychar, char};
use nom::combinator::{map, map_opt, opt, recognize, value, verify};
use nom::multi::many0;
use nom::sequence::{delimited, pair, preceded};
use nom::{IResult, Parser};

use super::error::{Mistake, MistakeKind};
use super::source::Span;

/// One piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub kind: TokenKind,
    /// As written.
    pub text: &'a str,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Anything that is none of the others: `answer`, `5551234`, `LINEERR_INVALCALLSTATE`.
    Word,
    /// What a string in quotation marks stands for.
    Text(Vec<u8>),
    /// `,` or `:`.
    Mark,
}

/// Splits a line that begins at byte `base` of the file.
pub(super) fn tokens(line: &str, base: usize) -> Result<Vec<Token<'_>>, Mistake> {
    let mut tokens = Vec::new();
    let mut rest = skip_blank(line);
    while !rest.is_empty() {
        let start = base + (line.len() - rest.len());
        let Ok((behind, kind)) = token(rest) else {
            return Err(bad_string(rest, start));
        };
        let text = &rest[..rest.len() - behind.len()];
        tokens.push(Token {
            kind,
            text,
            span: Span {
                start,
                len: text.len(),
            },
        });
        rest = skip_blank(behind);
    }
    Ok(tokens)
}

/// The text behind blanks and, if one follows, a comment.
fn skip_blank(input: &str) -> &str {
    let input = input.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if input.starts_with('#') { "" } else { input }
}

fn token(input: &str) -> IResult<&str, TokenKind> {
    let mark = value(TokenKind::Mark, alt((char(','), char(':'))));
    let word = value(TokenKind::Word, take_while1(in_word));
    alt((mark, map(string, TokenKind::Text), word)).parse(input)
}

fn in_word(c: char) -> bool {
    !c.is_whitespace() && !matches!(c, ',' | ':' | '#' | '"')
}

fn string(input: &str) -> IResult<&str, Vec<u8>> {
    let plain = map(take_while1(|c| c != '"' && c != '\\'), |text: &str| {
        text.as_bytes().to_vec()
    });
    let pieces = many0(alt((plain, map(escape, |byte| vec![byte]))));
    delimited(char('"'), map(pieces, |pieces| pieces.concat()), char('"')).parse(input)
}

fn escape(input: &str) -> IResult<&str, u8> {
    let hex = map_opt(
        preceded(char('x'), take_while_m_n(2, 2, |c: char| c.is_ascii_hexdigit())),
        |digits| u8::from_str_radix(digits, 16).ok(),
    );
    let known = alt((
        value(b'\n', char('n')),
        value(b'\r', char('r')),
        value(b'\t', char('t')),
        value(b'"', char('"')),
        value(b'\\', char('\\')),
        hex,
    ));
    preceded(char('\\'), known).parse(input)
}

/// Why no token could be read at the start of `rest`: only a string can be amiss.
fn bad_string(rest: &str, start: usize) -> Mistake {
    let plain = take_while1(|c| c != '"' && c != '\\');
    let known: IResult<&str, &str> =
        recognize(pair(char('"'), many0(alt((plain, recognize(escape)))))).parse(rest);
    let behind = known.map_or("", |(behind, _)| behind);
    let at = start + (rest.len() - behind.len());
    let unknown: IResult<&str, &str> =
        recognize(pair(tag("\\"), opt(verify(anychar, |c| *c != '\n')))).parse(behind);
    match unknown {
        Ok((_, escape)) => {
            let escape = escape.trim_end();
            Mistake::new(
                MistakeKind::BadText,
                Span {
                    start: at,
                    len: escape.len(),
                },
                "this escape is not known",
            )
            .label(format!("`{escape}`"))
            .help(
                "in a string write `\\\"`, `\\\\`, `\\n`, `\\r`, `\\t`, or `\\x` and two hexadecimal digits",
            )
        }
        Err(_) => {
            let len = rest.trim_end().len();
            Mistake::new(
                MistakeKind::BadText,
                Span { start, len },
                "this string does not end",
            )
            .label("begins here")
            .help("a string ends with `\"` on the line on which it begins")
        }
    }
}

/// The parts of a number with a unit written without a blank: `200ms` is `200` and `ms`.
pub(super) fn number_and_unit(input: &str) -> Option<(&str, &str)> {
    let digits = || take_while1(|c: char| c.is_ascii_digit());
    let number = recognize(pair(digits(), opt(pair(char('.'), digits()))));
    let unit = take_while(|c: char| c.is_ascii_alphabetic());
    let parsed: IResult<&str, (&str, &str)> = pair(number, unit).parse(input);
    parsed
        .ok()
        .filter(|(rest, _)| rest.is_empty())
        .map(|(_, parts)| parts)
}

/// A string token that stands for `bytes`; [`tokens`] reads it back.
pub(super) fn quote(bytes: &[u8]) -> String {
    let mut quoted = String::from("\"");
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' => quoted.push_str("\\\""),
                '\\' => quoted.push_str("\\\\"),
                '\n' => quoted.push_str("\\n"),
                '\r' => quoted.push_str("\\r"),
                '\t' => quoted.push_str("\\t"),
                c if c.is_control() || (c.is_whitespace() && c != ' ') => {
                    let mut utf8 = [0; 4];
                    quoted.extend(c.encode_utf8(&mut utf8).bytes().map(hex));
                }
                c => quoted.push(c),
            }
        }
        quoted.extend(chunk.invalid().iter().copied().map(hex));
    }
    quoted.push('"');
    quoted
}

fn hex(byte: u8) -> String {
    format!("\\x{byte:02X}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(line: &str) -> Vec<&str> {
        tokens(line, 0)
            .expect("the line can be split")
            .iter()
            .map(|token| token.text)
            .collect()
    }

    #[test]
    fn words_strings_and_marks_are_told_apart_and_comments_left_out() {
        let line = "  needs: A, \"b # c\"  # not \"this";
        assert_eq!(texts(line), ["needs", ":", "A", ",", "\"b # c\""]);
        assert_eq!(texts("a#b"), ["a"]);
        assert_eq!(texts("\u{feff}scenario"), ["scenario"]);
    }

    #[test]
    fn places_count_from_the_start_of_the_file() {
        let tokens = tokens(" é answer", 10).expect("the line can be split");
        assert_eq!(
            (tokens[0].span, tokens[1].span),
            (Span { start: 11, len: 2 }, Span { start: 14, len: 6 })
        );
    }

    #[test]
    fn strings_hold_any_byte() {
        let every: Vec<u8> = (0..=255).collect();
        let quoted = quote(&every);
        let tokens = tokens(&quoted, 0).expect("what was quoted can be read");
        assert_eq!(tokens[0].kind, TokenKind::Text(every));
        assert_eq!(quote("Käthe\u{85}".as_bytes()), "\"Käthe\\xC2\\x85\"");
    }

    #[test]
    fn a_string_that_does_not_end_is_told_from_an_unknown_escape() {
        let open = tokens("dial \"34 on C", 100).expect_err("the string does not end");
        assert_eq!(
            (open.kind, open.span),
            (MistakeKind::BadText, Span { start: 105, len: 8 })
        );
        let escape = tokens(r#"dial "3\q4" on C"#, 100).expect_err("there is no \\q");
        assert_eq!(
            (escape.kind, escape.span),
            (MistakeKind::BadText, Span { start: 107, len: 2 })
        );
        assert!(tokens("\"\\", 0).is_err() && tokens("\"\\x4", 0).is_err() && tokens("\"", 0).is_err());
    }

    #[test]
    fn a_unit_may_follow_its_number_at_once() {
        assert_eq!(number_and_unit("200ms"), Some(("200", "ms")));
        assert_eq!(number_and_unit("1.5"), Some(("1.5", "")));
        assert_eq!(number_and_unit("1."), None);
        assert_eq!(number_and_unit("ms"), None);
    }
}
