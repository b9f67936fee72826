//! The XML codec against xmllint, with the schema that is made from the type descriptions: what is written is valid.
//!
//! The documents stay in the folder for temporary files beside the test binaries, for other schemas to be tried on them.
#![cfg(unix)]

mod csta_values;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use csta_values::documents;
use offhook_sim::wire::csta::xml::{self, Document, Style, schema};
use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::remove_dir_all(&folder).unwrap_or_default();
    fs::create_dir_all(&folder).expect("the folder can be made");
    folder
}

fn xmllint(schema: &Path, documents: &[PathBuf]) -> Output {
    Command::new("xmllint")
        .arg("--noout")
        .arg("--schema")
        .arg(schema)
        .args(documents)
        .output()
        .expect("xmllint starts; it is in Debian's package libxml2-utils")
}

fn assert_valid(schema: &Path, documents: &[PathBuf]) {
    let output = xmllint(schema, documents);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn xmllint_finds_every_document_valid() {
    let folder = folder("csta-documents");
    let (messages, sessions) = (folder.join("csta.xsd"), folder.join("session.xsd"));
    fs::write(&messages, schema::messages(6)).expect("it can be written");
    fs::write(&sessions, schema::sessions()).expect("it can be written");
    let mut runner = TestRunner::deterministic();
    let (mut of_messages, mut of_sessions) = (Vec::new(), Vec::new());
    for (name, strategy) in documents::all() {
        for sample in 0..4 {
            let document = strategy
                .new_tree(&mut runner)
                .expect("there is a document")
                .current();
            let style = Style {
                edition: 6,
                prefix: if sample % 2 == 0 {
                    String::new()
                } else {
                    "csta".to_owned()
                },
                prolog: sample < 2,
            };
            let text = xml::write(&style, &document).expect("it has a form");
            let path = folder.join(format!("{name}-{sample}.xml"));
            fs::write(&path, text).expect("it can be written");
            match document {
                Document::Message(_) => of_messages.push(path),
                Document::Session { .. } => of_sessions.push(path),
            }
        }
    }
    assert_valid(&messages, &of_messages);
    assert_valid(&sessions, &of_sessions);
}

#[test]
fn xmllint_refuses_what_no_codec_should_write() {
    let folder = folder("csta-strange-documents");
    let schema = folder.join("csta.xsd");
    fs::write(&schema, schema::messages(5)).expect("it can be written");
    let namespace = "http://www.ecma-international.org/standards/ecma-323/csta/ed5";
    let strange = [
        "<MakeCall xmlns=\"{}\"><calledDirectoryNumber>2</calledDirectoryNumber><callingDevice>1</callingDevice></MakeCall>",
        "<MakeCall xmlns=\"{}\"><callingDevice>1</callingDevice></MakeCall>",
        "<MonitorStopResponse xmlns=\"{}\"><noData/></MonitorStopResponse>",
        "<CSTAErrorCode xmlns=\"{}\"><operation>noSuchError</operation></CSTAErrorCode>",
        "<HeldEvent xmlns=\"{}\"><monitorCrossRefID>1</monitorCrossRefID></HeldEvent>",
        "<AnswerCall xmlns=\"{}\"><callToBeAnswered/></AnswerCall>",
    ];
    for (at, text) in strange.iter().enumerate() {
        let path = folder.join(format!("{at}.xml"));
        fs::write(&path, text.replace("{}", namespace)).expect("it can be written");
        let output = xmllint(&schema, &[path]);
        // 3 is a document that is not valid; 5 would be a schema that is none.
        assert_eq!(output.status.code(), Some(3), "{text}");
    }
}
