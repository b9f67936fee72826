//! AT command lines (V.250): no text makes the parser panic, and what it reads, it reads again from its own writing.
#![cfg_attr(fuzzing, no_main)]

use offhook_sim::wire::at::{
    Command, Framing, StoredNumberOperation, parse_command_line, parse_dial_string, parse_result_code,
    parse_value,
};

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

/// Plays one input.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (mut commands, _) = parse_command_line(&text);
    // A dial string that ends with the line would swallow what comes after it.
    for command in &mut commands {
        if let Command::Dial(string)
        | Command::StoredNumber {
            operation: StoredNumberOperation::Set(string),
            ..
        } = command
        {
            string.return_to_command = true;
        }
    }
    let mut line = String::new();
    for command in &commands {
        line.push_str(&command.to_string());
        if matches!(command, Command::Extended { .. }) {
            line.push(';');
        }
    }
    assert_eq!(parse_command_line(&line), (commands, None), "{line:?}");

    if let Ok(string) = parse_dial_string(&text) {
        assert_eq!(parse_dial_string(&string.to_string()), Ok(string));
    }
    if let Ok(value) = parse_value(&text) {
        assert_eq!(parse_value(&value.to_string()), Ok(value));
    }
    for verbose in [true, false] {
        let framing = Framing {
            verbose,
            cr: b'\r',
            lf: b'\n',
        };
        if let Ok(code) = parse_result_code(data, framing) {
            assert_eq!(parse_result_code(&framing.result(&code), framing), Ok(code));
        }
    }
}
