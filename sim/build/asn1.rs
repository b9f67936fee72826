//! Reads the part of ASN.1 (ITU-T X.680) that CSTA's modules use: type assignments with explicit tags as the default.

/// The class of a tag, as BER numbers it.
#[derive(Clone, Copy, PartialEq)]
pub enum Class {
    Universal,
    Application,
    Context,
}

#[derive(Clone)]
pub struct Tag {
    pub class: Class,
    pub number: u32,
    pub implicit: bool,
}

#[derive(Clone)]
pub enum Kind {
    Boolean,
    Integer(Vec<(String, i64)>),
    Null,
    OctetString,
    Ia5String,
    GeneralizedTime,
    ObjectIdentifier,
    Any,
    Enumerated(Vec<(String, i64)>),
    BitString(Vec<(String, i64)>),
    Sequence(Vec<Field>),
    SequenceOf(Box<Type>),
    Choice(Vec<Field>),
    Reference(String),
}

#[derive(Clone)]
pub struct Type {
    pub tag: Option<Tag>,
    pub kind: Kind,
}

#[derive(Clone)]
pub struct Field {
    pub name: String,
    pub ty: Type,
    pub optional: bool,
    pub default: Option<String>,
}

/// The assignments of `text`: a name and its type.
pub fn parse(text: &str) -> Result<Vec<(String, Type)>, String> {
    let mut parser = Parser {
        tokens: tokens(text),
        at: 0,
    };
    let mut types = Vec::new();
    while parser.peek().is_some() {
        let name = parser.word()?;
        parser.expect("::=")?;
        let ty = parser.ty().map_err(|error| format!("in {name}: {error}"))?;
        types.push((name, ty));
    }
    Ok(types)
}

fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    for line in text.lines() {
        let line = line.split("--").next().unwrap_or_default();
        let mut word = String::new();
        let mut characters = line.chars().peekable();
        while let Some(character) = characters.next() {
            if character.is_alphanumeric() || character == '-' {
                word.push(character);
                continue;
            }
            if !word.is_empty() {
                tokens.push(std::mem::take(&mut word));
            }
            match character {
                ':' | '.' => {
                    let mut sign = String::from(character);
                    while let Some(next) = characters.next_if(|c| matches!(c, ':' | '=' | '.')) {
                        sign.push(next);
                    }
                    tokens.push(sign);
                }
                c if c.is_whitespace() => {}
                c => tokens.push(c.to_string()),
            }
        }
        if !word.is_empty() {
            tokens.push(word);
        }
    }
    tokens
}

struct Parser {
    tokens: Vec<String>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Option<&str> {
        self.tokens.get(self.at).map(String::as_str)
    }

    fn word(&mut self) -> Result<String, String> {
        let word = self.peek().ok_or("the text ends too early")?.to_owned();
        self.at += 1;
        Ok(word)
    }

    fn take(&mut self, expected: &str) -> bool {
        let found = self.peek() == Some(expected);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, expected: &str) -> Result<(), String> {
        let found = self.word()?;
        if found == expected {
            Ok(())
        } else {
            Err(format!("expected {expected:?}, found {found:?}"))
        }
    }

    fn number(&mut self) -> Result<i64, String> {
        let word = self.word()?;
        word.parse().map_err(|_| format!("{word:?} is no number"))
    }

    fn ty(&mut self) -> Result<Type, String> {
        let tag = if self.take("[") {
            let class = match self.peek() {
                Some("APPLICATION") => Class::Application,
                Some("UNIVERSAL") => Class::Universal,
                _ => Class::Context,
            };
            self.at += usize::from(class != Class::Context);
            let number = u32::try_from(self.number()?).map_err(|error| error.to_string())?;
            self.expect("]")?;
            Some(Tag {
                class,
                number,
                implicit: self.take("IMPLICIT"),
            })
        } else {
            None
        };
        let kind = self.kind()?;
        self.constraint()?;
        Ok(Type { tag, kind })
    }

    fn kind(&mut self) -> Result<Kind, String> {
        Ok(match self.word()?.as_str() {
            "BOOLEAN" => Kind::Boolean,
            "NULL" => Kind::Null,
            "ANY" => Kind::Any,
            "IA5String" => Kind::Ia5String,
            "GeneralizedTime" => Kind::GeneralizedTime,
            "INTEGER" => Kind::Integer(self.named_numbers()?),
            "ENUMERATED" => Kind::Enumerated(self.named_numbers()?),
            "OCTET" => {
                self.expect("STRING")?;
                Kind::OctetString
            }
            "BIT" => {
                self.expect("STRING")?;
                Kind::BitString(self.named_numbers()?)
            }
            "OBJECT" => {
                self.expect("IDENTIFIER")?;
                Kind::ObjectIdentifier
            }
            "SEQUENCE" if self.take("OF") => Kind::SequenceOf(Box::new(self.ty()?)),
            "SEQUENCE" => Kind::Sequence(self.fields()?),
            "CHOICE" => Kind::Choice(self.fields()?),
            name if name.starts_with(|c: char| c.is_ascii_uppercase()) => Kind::Reference(name.to_owned()),
            other => return Err(format!("{other:?} is no type")),
        })
    }

    fn named_numbers(&mut self) -> Result<Vec<(String, i64)>, String> {
        let mut numbers = Vec::new();
        if self.take("{") {
            loop {
                let name = self.word()?;
                self.expect("(")?;
                numbers.push((name, self.number()?));
                self.expect(")")?;
                if !self.take(",") {
                    break;
                }
            }
            self.expect("}")?;
        }
        Ok(numbers)
    }

    fn fields(&mut self) -> Result<Vec<Field>, String> {
        self.expect("{")?;
        let mut fields = Vec::new();
        loop {
            let name = self.word()?;
            let ty = self.ty().map_err(|error| format!("in {name}: {error}"))?;
            let default = if self.take("DEFAULT") {
                Some(self.word()?)
            } else {
                None
            };
            let optional = self.take("OPTIONAL");
            fields.push(Field {
                name,
                ty,
                optional,
                default,
            });
            if !self.take(",") {
                break;
            }
        }
        self.expect("}")?;
        Ok(fields)
    }

    /// A range says what a value may be, which is for its user to judge: the encoding does not depend on it.
    fn constraint(&mut self) -> Result<(), String> {
        if self.take("(") {
            self.number()?;
            self.expect("..")?;
            self.number()?;
            self.expect(")")?;
        }
        Ok(())
    }
}
