//! The text after `AT` to commands, in nom. Spaces count only between quotation marks, and case only there.

use nom::branch::alt;
use nom::bytes::complete::{is_not, tag, take_while};
use nom::character::complete::{char, digit1, none_of, one_of, satisfy};
use nom::combinator::{eof, map, map_opt, not, opt, peek, recognize, value};
use nom::multi::{fold_many0, many0, many1, separated_list1};
use nom::sequence::{delimited, preceded, terminated};
use nom::{IResult, Parser};

use super::dial::key_of;
use super::{
    BookEntry, Command, DialElement, DialString, Operation, RegisterOperation, StoredNumberOperation, Value,
};

/// Where a command line stops making sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no command at `{rest}`")]
pub struct SyntaxError {
    /// The line from the place on, spaces removed, in capitals outside quotation marks.
    pub rest: String,
}

/// Parses the body of a command line: what stands between `AT` and the line's end. The commands before a mistake are
/// returned beside it, because a modem carries them out (V.250 5.2.1).
pub fn parse_command_line(body: &str) -> (Vec<Command>, Option<SyntaxError>) {
    let line = squeeze(body);
    let mut rest = line.as_str();
    let mut commands = Vec::new();
    while !rest.is_empty() {
        match terminated(command, many0(char(';'))).parse(rest) {
            Ok((after, command)) => {
                commands.push(command);
                rest = after;
            }
            Err(_) => {
                return (
                    commands,
                    Some(SyntaxError {
                        rest: rest.to_owned(),
                    }),
                );
            }
        }
    }
    (commands, None)
}

/// Parses what follows `D`, up to the end.
pub fn parse_dial_string(text: &str) -> Result<DialString, SyntaxError> {
    let text = squeeze(text);
    let parsed = terminated(dial_string, eof)
        .parse(&text)
        .map(|(_, string)| string);
    parsed.map_err(|_| SyntaxError { rest: text.clone() })
}

/// Parses one value of an extended command's list.
pub fn parse_value(text: &str) -> Result<Value, SyntaxError> {
    match terminated(list_value, eof).parse(text) {
        Ok((_, value)) => Ok(value),
        Err(_) => Err(SyntaxError {
            rest: text.to_owned(),
        }),
    }
}

/// Removes spaces and control characters and lifts letters to capitals, except between quotation marks.
pub(crate) fn squeeze(body: &str) -> String {
    let mut quoted = false;
    body.chars()
        .filter_map(|c| {
            quoted ^= c == '"';
            match c {
                c if c.is_ascii_control() => None,
                ' ' if !quoted => None,
                c if quoted => Some(c),
                c => Some(c.to_ascii_uppercase()),
            }
        })
        .collect()
}

fn command(input: &str) -> IResult<&str, Command> {
    alt((extended, dial, register, stored_number, basic)).parse(input)
}

/// `S` is a register's name, `D` starts a dial string: neither is a basic command.
fn basic(input: &str) -> IResult<&str, Command> {
    let letter = satisfy(|c| c.is_ascii_uppercase());
    let plain = satisfy(|c| c.is_ascii_uppercase() && c != 'S' && c != 'D');
    let name = alt((recognize((one_of("&\\%*-"), letter)), recognize(plain)));
    map((name, opt(number)), |(name, value)| Command::Basic {
        name: name.to_owned(),
        value,
    })
    .parse(input)
}

fn register(input: &str) -> IResult<&str, Command> {
    let operation = alt((
        value(RegisterOperation::Read, char('?')),
        map(preceded(char('='), opt(number)), RegisterOperation::Set),
    ));
    map(preceded(char('S'), (number, operation)), |(number, operation)| {
        Command::Register { number, operation }
    })
    .parse(input)
}

fn dial(input: &str) -> IResult<&str, Command> {
    map(preceded(char('D'), dial_string), Command::Dial).parse(input)
}

fn stored_number(input: &str) -> IResult<&str, Command> {
    let operation = alt((
        value(StoredNumberOperation::Read, char('?')),
        map(preceded(char('='), dial_string), StoredNumberOperation::Set),
    ));
    map(
        preceded(tag("&Z"), (opt(number), operation)),
        |(place, operation)| Command::StoredNumber { place, operation },
    )
    .parse(input)
}

/// `S=n` or `Sn`: one decimal digit.
fn stored_element(input: &str) -> IResult<&str, DialElement> {
    let place = map_opt(satisfy(|c| c.is_ascii_digit()), |c| {
        c.to_digit(10).and_then(|digit| u8::try_from(digit).ok())
    });
    map(preceded((char('S'), opt(char('='))), place), DialElement::Stored).parse(input)
}

/// `>"name"`, `>SM5`, `>"SM"5`, `>5`.
fn book_entry(input: &str) -> IResult<&str, BookEntry> {
    let letter = || satisfy(|c| c.is_ascii_alphabetic());
    let memory = || recognize((letter(), letter()));
    let memory = alt((delimited(char('"'), memory(), char('"')), memory()));
    let place = map((opt(memory), number), |(memory, place)| BookEntry::Place {
        memory: memory.map(str::to_ascii_uppercase),
        place,
    });
    preceded(char('>'), alt((place, map(quoted, BookEntry::Name)))).parse(input)
}

/// Letters in quotation marks, dialled by the keys that bear them: `1-800-"OFFHOOK"`.
fn letters(input: &str) -> IResult<&str, Vec<DialElement>> {
    let key = map_opt(none_of("\""), |c| key_of(c).map(DialElement::Digit));
    delimited(
        char('"'),
        many0(preceded(many0(one_of("-()./ ")), key)),
        char('"'),
    )
    .parse(input)
}

/// Everything up to `;` or the end. Punctuation that people write into numbers is skipped.
fn dial_string(input: &str) -> IResult<&str, DialString> {
    let skipped = many0(one_of("-()./ "));
    let element = alt((stored_element, map_opt(none_of(";"), DialElement::from_char)));
    let elements = many0(preceded(
        skipped,
        alt((letters, map(element, |element| vec![element]))),
    ));
    let end = alt((value(true, char(';')), value(false, eof)));
    map(
        (opt(book_entry), elements, many0(one_of("-()./ ")), end),
        |(entry, elements, _, return_to_command)| DialString {
            elements: elements.concat(),
            entry,
            return_to_command,
        },
    )
    .parse(input)
}

fn extended(input: &str) -> IResult<&str, Command> {
    let first = satisfy(|c| c.is_ascii_uppercase());
    let more = take_while(|c: char| c.is_ascii_alphanumeric() || "!%-./:_".contains(c));
    let name = recognize((one_of("+#^$!@_~"), first, more));
    let operation = alt((
        value(Operation::Test, tag("=?")),
        map(
            preceded(char('='), separated_list1(char(','), list_value)),
            Operation::Set,
        ),
        value(Operation::Read, char('?')),
        value(Operation::Execute, peek(alt((tag(";"), eof)))),
    ));
    let end = peek(alt((tag(";"), eof)));
    map(terminated((name, operation), end), |(name, operation)| {
        Command::Extended {
            name: name.to_owned(),
            operation,
        }
    })
    .parse(input)
}

fn list_value(input: &str) -> IResult<&str, Value> {
    let end = || peek(alt((tag(","), tag(";"), eof)));
    alt((
        terminated(map(number, Value::Number), end()),
        map(quoted, Value::Quoted),
        map(word, |s: &str| Value::Word(s.to_owned())),
        value(Value::Missing, end()),
    ))
    .parse(input)
}

/// A string constant (V.250 5.4.2.2): a character that it cannot hold stands there as `\` and two hexadecimal digits.
fn quoted(input: &str) -> IResult<&str, String> {
    let digit = || satisfy(|c| c.is_ascii_hexdigit());
    let code = map_opt(
        preceded(char('\\'), recognize((digit(), digit()))),
        |code: &str| u8::from_str_radix(code, 16).ok().map(char::from),
    );
    let characters = fold_many0(alt((code, none_of("\"\\"))), String::new, |mut text, c| {
        text.push(c);
        text
    });
    delimited(char('"'), characters, char('"')).parse(input)
}

/// Text up to a comma or semicolon; both may stand inside `[...]` and `{...}`.
fn word(input: &str) -> IResult<&str, &str> {
    let brackets = recognize((char('['), take_while(|c| c != ']'), char(']')));
    let braces = recognize((char('{'), take_while(|c| c != '}'), char('}')));
    recognize(many1(alt((
        brackets,
        braces,
        preceded(not(one_of("[{")), is_not(",;\"[{")),
    ))))
    .parse(input)
}

fn number(input: &str) -> IResult<&str, u32> {
    map_opt(digit1, |digits: &str| digits.parse().ok()).parse(input)
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
