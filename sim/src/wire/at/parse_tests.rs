//! Command lines as clients write them, and as nobody would.

use proptest::prelude::*;

use super::*;

fn parse(body: &str) -> Vec<Command> {
    let (commands, error) = parse_command_line(body);
    assert_eq!(error, None, "{body}");
    commands
}

fn basic(name: &str, value: Option<u32>) -> Command {
    Command::Basic {
        name: name.to_owned(),
        value,
    }
}

#[test]
fn reads_many_commands_with_spaces_in_either_case() {
    assert_eq!(
        parse("&f e1 V1x4 &C1 s0=2S7? \\N3%c0"),
        vec![
            basic("&F", None),
            basic("E", Some(1)),
            basic("V", Some(1)),
            basic("X", Some(4)),
            basic("&C", Some(1)),
            Command::Register {
                number: 0,
                operation: RegisterOperation::Set(Some(2))
            },
            Command::Register {
                number: 7,
                operation: RegisterOperation::Read
            },
            basic("\\N", Some(3)),
            basic("%C", Some(0)),
        ]
    );
}

#[test]
fn reads_extended_commands_up_to_a_semicolon() {
    assert_eq!(
        parse("+vcid=1;+FCLASS?;+GMI=?;+GMM E0"),
        vec![
            Command::Extended {
                name: "+VCID".into(),
                operation: Operation::Set(vec![Value::Number(1)])
            },
            Command::Extended {
                name: "+FCLASS".into(),
                operation: Operation::Read
            },
            Command::Extended {
                name: "+GMI".into(),
                operation: Operation::Test
            },
            Command::Extended {
                name: "+GMME0".into(),
                operation: Operation::Execute
            },
        ]
    );
    assert_eq!(
        parse("+VTS=1,#,[933,,150],\"a b\",,7"),
        vec![Command::Extended {
            name: "+VTS".into(),
            operation: Operation::Set(vec![
                Value::Number(1),
                Value::Word("#".into()),
                Value::Word("[933,,150]".into()),
                Value::Quoted("a b".into()),
                Value::Missing,
                Value::Number(7),
            ])
        }]
    );
}

#[test]
fn a_dial_string_takes_the_rest_of_the_line_or_up_to_a_semicolon() {
    let commands = parse("DT 9,W(555) 12-34@!$;H");
    let Command::Dial(string) = &commands[0] else {
        panic!("{commands:?}")
    };
    assert_eq!(string.to_string(), "T9,W5551234@!$;");
    assert_eq!(string.digits(), "95551234");
    assert_eq!(commands[1], basic("H", None));
}

#[test]
fn keeps_the_commands_before_a_mistake() {
    let (commands, error) = parse_command_line("E0=5");
    assert_eq!(commands, vec![basic("E", Some(0))]);
    assert_eq!(error, Some(SyntaxError { rest: "=5".into() }));
    assert_eq!(
        parse_command_line("S99999999999?").1,
        Some(SyntaxError {
            rest: "S99999999999?".into()
        })
    );
}

#[test]
fn strings_hold_what_they_cannot_as_hexadecimal_digits() {
    let value = |text: &str| parse_value(text).ok();
    assert_eq!(value(r#""a\22b\5C\0d""#), Some(Value::Quoted("a\"b\\\r".into())));
    for wrong in [r#""a\""#, r#""\2""#, r#""\xy""#] {
        assert_eq!(value(wrong), None, "{wrong}");
    }
}

fn any_dial_string() -> impl Strategy<Value = DialString> {
    let plain = proptest::sample::select("0123456789*#+ABCDTPW,@!$LR^IG".chars().collect::<Vec<_>>())
        .prop_map(|c| DialElement::from_char(c).unwrap_or(DialElement::Pause));
    let element = prop_oneof![9 => plain, 1 => (0u8..10).prop_map(DialElement::Stored)];
    let entry = prop_oneof![
        "[ -~]{0,9}".prop_map(BookEntry::Name),
        (proptest::option::of("[A-Z]{2}"), any::<u32>())
            .prop_map(|(memory, place)| BookEntry::Place { memory, place }),
    ];
    let modifiers = proptest::sample::subsequence(vec![DialElement::Withhold, DialElement::UserGroup], 0..=2);
    let number = prop_oneof![
        3 => proptest::collection::vec(element, 0..20).prop_map(|elements| (None, elements)),
        1 => (entry.prop_map(Some), modifiers),
    ];
    (number, any::<bool>()).prop_map(|((entry, elements), return_to_command)| DialString {
        entry,
        elements,
        return_to_command,
    })
}

#[test]
fn a_number_is_written_in_letters_or_found_in_a_phonebook() {
    let dialled = |text: &str| parse_dial_string(text).map(|string| string.to_string()).ok();
    let written = |text: &str| Some(text.to_owned());
    assert_eq!(dialled("T1-800-\"OffHook\""), written("T18006334665"));
    assert_eq!(dialled("\"1 (abc) z\""), written("12229"));
    assert_eq!(dialled("\"a?\""), None);
    assert_eq!(dialled(">5;"), written(">5;"));
    assert_eq!(dialled(">sm5I"), written(">SM5I"));
    assert_eq!(dialled(">\"ME\"12g;"), written(">ME12G;"));
    assert_eq!(dialled(">\"Ann ; B\";"), written(">\"Ann ; B\";"));
    assert_eq!(dialled(">"), None);
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Missing),
        any::<u32>().prop_map(Value::Number),
        "[\0-\x7f]{0,12}".prop_map(Value::Quoted),
        "[A-Z*#][A-Z0-9*#]{0,6}".prop_map(Value::Word),
        "\\[[0-9,]{0,8}\\]".prop_map(Value::Word),
    ]
}

fn any_command() -> impl Strategy<Value = Command> {
    let name = prop_oneof!["[A-CE-RT-Z]", "[&%\\\\][A-Z]"];
    let register = prop_oneof![
        Just(RegisterOperation::Read),
        any::<Option<u32>>().prop_map(RegisterOperation::Set),
    ];
    let operation = prop_oneof![
        Just(Operation::Execute),
        Just(Operation::Read),
        Just(Operation::Test),
        proptest::collection::vec(any_value(), 1..5).prop_map(Operation::Set),
    ];
    prop_oneof![
        (name, any::<Option<u32>>()).prop_map(|(name, value)| Command::Basic { name, value }),
        (any::<u32>(), register).prop_map(|(number, operation)| Command::Register { number, operation }),
        ("[+#^$][A-Z][A-Z0-9]{0,6}", operation)
            .prop_map(|(name, operation)| Command::Extended { name, operation }),
        any_dial_string().prop_map(Command::Dial),
        (any::<Option<u32>>(), any_dial_string()).prop_map(|(place, string)| Command::StoredNumber {
            place,
            operation: StoredNumberOperation::Set(string),
        }),
        any::<Option<u32>>().prop_map(|place| Command::StoredNumber {
            place,
            operation: StoredNumberOperation::Read,
        }),
    ]
}

/// The canonical line of a list of commands.
fn write(commands: &[Command]) -> String {
    let mut line = String::new();
    for command in commands {
        line.push_str(&command.to_string());
        if matches!(command, Command::Extended { .. }) {
            line.push(';');
        }
    }
    line
}

/// A dial string that ends with the line would swallow what comes after it.
fn close(command: &mut Command) {
    if let Command::Dial(string)
    | Command::StoredNumber {
        operation: StoredNumberOperation::Set(string),
        ..
    } = command
    {
        string.return_to_command = true;
    }
}

proptest! {
    #[test]
    fn parsing_undoes_writing(mut commands in proptest::collection::vec(any_command(), 0..6)) {
        let last = commands.len().saturating_sub(1);
        for command in &mut commands[..last] {
            close(command);
        }
        prop_assert_eq!(parse_command_line(&write(&commands)), (commands, None));
    }

    #[test]
    fn a_dial_string_survives_its_text(string in any_dial_string()) {
        prop_assert_eq!(parse_dial_string(&string.to_string()), Ok(string));
    }

    #[test]
    fn a_value_survives_its_text(value in any_value()) {
        prop_assert_eq!(parse_value(&value.to_string()), Ok(value));
    }

    #[test]
    fn no_text_makes_the_parser_panic_and_what_it_reads_it_reads_again(body in "\\PC{0,60}") {
        let (commands, _) = parse_command_line(&body);
        let mut head = commands;
        for command in &mut head {
            close(command);
        }
        prop_assert_eq!(parse_command_line(&write(&head)), (head, None));
    }

    #[test]
    fn lines_of_at_characters_do_not_panic(body in "[A-Z0-9&%\\\\+#=?,;\"\\[\\]{}@!$ ]{0,60}") {
        parse_command_line(&body);
    }
}
