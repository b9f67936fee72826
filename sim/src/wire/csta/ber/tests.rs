//! Known encodings, what BER allows beside them, and what must be refused.

use super::{DecodeError, decode, encode};
use crate::wire::csta::{
    schema::{Type, phase1, phase3},
    value::{Enumerated, Value},
};

fn ty(name: &str) -> &'static Type {
    phase3::ty(name).expect("the schema has the type")
}

fn device(number: &str) -> Value {
    Value::sequence([(
        "deviceIdentifier",
        Value::choice("dialingNumber", Value::text(number)),
    )])
}

#[test]
fn a_connection_has_both_tags_of_an_application_tag_over_a_choice() {
    let both = Value::sequence([
        ("callID", Value::Octets(vec![1])),
        ("deviceID", Value::choice("staticID", device("201"))),
    ]);
    let connection = Value::choice("both", both);
    let bytes = encode(ty("ConnectionID"), &connection).expect("it is one");
    assert_eq!(
        bytes,
        [
            0x6B, 14, 0x30, 12, 0x80, 1, 1, 0xA1, 7, 0x30, 5, 0x80, 3, b'2', b'0', b'1'
        ]
    );
    assert_eq!(decode(ty("ConnectionID"), &bytes), Ok(connection));
}

#[test]
fn implicit_tags_replace_the_outermost_one() {
    let user_data = ty("ConsultationCallArgument")
        .field("userData")
        .expect("it is a member")
        .ty;
    assert_eq!(
        encode(user_data, &Value::Octets(vec![7])),
        Ok(vec![0xA6, 3, 4, 1, 7])
    );
    assert_eq!(
        encode(ty("LocalConnectionState"), &Value::named("alerting")),
        Ok(vec![0x4E, 1, 2])
    );
    let phase1 = phase1::ty("DivertCallArgument").expect("the schema has the type");
    assert_eq!(phase1.tags.len(), 1);
}

#[test]
fn numbers_take_as_few_bytes_as_hold_them() {
    let code = ty("OperationCode").field("local").expect("it is a member").ty;
    let cases: [(i64, &[u8]); 8] = [
        (0, &[0]),
        (127, &[0x7F]),
        (128, &[0, 0x80]),
        (-1, &[0xFF]),
        (-128, &[0x80]),
        (-129, &[0xFF, 0x7F]),
        (i64::MAX, &[0x7F, 255, 255, 255, 255, 255, 255, 255]),
        (i64::MIN, &[0x80, 0, 0, 0, 0, 0, 0, 0]),
    ];
    for (number, content) in cases {
        let bytes = encode(code, &Value::Integer(number)).expect("it is a number");
        assert_eq!(bytes[2..], *content, "{number}");
        assert_eq!(decode(code, &bytes), Ok(Value::Integer(number)));
    }
}

#[test]
fn bit_strings_lose_their_trailing_zeros() {
    let filter = ty("CallControlEventFilter");
    assert_eq!(encode(filter, &Value::Bits(0)), Ok(vec![3, 1, 0]));
    assert_eq!(
        encode(filter, &Value::Bits(1 | 1 << 9)),
        Ok(vec![3, 3, 6, 0x80, 0x40])
    );
    assert_eq!(
        decode(filter, &[3, 4, 0, 0x80, 0x40, 0]),
        Ok(Value::Bits(1 | 1 << 9))
    );
    assert_eq!(decode(filter, &[3, 2, 7, 0xFF]), Ok(Value::Bits(1)));
    assert!(decode(filter, &[3, 1, 7]).is_err());
}

#[test]
fn object_identifiers_pack_their_first_two_arcs() {
    let oid = Value::Oid(vec![1, 3, 12, 0, 218]);
    let code = ty("OperationCode").field("global").expect("it is a member").ty;
    let bytes = encode(code, &oid).expect("it is one");
    assert_eq!(bytes, [6, 5, 0x2B, 0x0C, 0, 0x81, 0x5A]);
    assert_eq!(decode(code, &bytes), Ok(oid));
}

#[test]
fn indefinite_lengths_and_segments_are_read() {
    let argument = ty("MonitorStopArgument");
    let value = Value::sequence([("crossRefIdentifier", Value::Octets(b"ab".to_vec()))]);
    assert_eq!(
        decode(argument, &[0x30, 0x80, 0x55, 2, b'a', b'b', 0, 0]),
        Ok(value.clone())
    );
    assert_eq!(
        decode(argument, &[0x30, 0x80, 0x75, 6, 4, 1, b'a', 4, 1, b'b', 0, 0]),
        Ok(value.clone())
    );
    assert_eq!(decode(argument, &[0x30, 0x81, 4, 0x55, 2, b'a', b'b']), Ok(value));
}

#[test]
fn what_a_later_edition_adds_is_tolerated() {
    let status = ty("SystemStatus");
    assert_eq!(
        decode(status, &[10, 1, 99]),
        Ok(Value::Enumerated(Enumerated::Other(99)))
    );
    let argument = ty("MonitorStopArgument");
    let value = Value::sequence([("crossRefIdentifier", Value::Octets(vec![1]))]);
    assert_eq!(decode(argument, &[0x30, 6, 0x55, 1, 1, 0x9F, 0x40, 0]), Ok(value));
}

#[test]
fn what_is_missing_or_cut_is_said() {
    let argument = ty("MonitorStopArgument");
    assert_eq!(
        decode(argument, &[0x30, 0]),
        Err(DecodeError::MissingMember("crossRefIdentifier"))
    );
    assert_eq!(decode(argument, &[0x30, 5, 0x55]), Err(DecodeError::Truncated));
    assert_eq!(
        decode(argument, &[0x30, 3, 0x55, 1, 1, 0]),
        Err(DecodeError::TrailingBytes(1))
    );
    assert_eq!(
        decode(argument, &[0x30, 0x85, 1, 0, 0, 0, 0]),
        Err(DecodeError::Oversized)
    );
    let deep = [0x30, 0x80].repeat(100);
    assert_eq!(decode(argument, &deep), Err(DecodeError::TooDeep));
}
