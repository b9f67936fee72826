//! The shape of a description.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

/// A text with its place in the file.
pub(super) type Text = Spanned<String>;

/// A number of things with its place in the file.
pub(super) type Count = Spanned<usize>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PbxFile {
    #[serde(default)]
    pub(super) name: String,
    pub(super) profile: Option<Text>,
    #[serde(default)]
    pub(super) limits: LimitsTable,
    #[serde(default)]
    pub(super) quirks: QuirksTable,
    #[serde(default)]
    pub(super) extension: Vec<Extension>,
    #[serde(default)]
    pub(super) park: Vec<Place>,
    #[serde(default)]
    pub(super) voice_mail: Vec<Place>,
    #[serde(default)]
    pub(super) trunk: Vec<Trunk>,
    #[serde(default)]
    pub(super) group: Vec<Group>,
    #[serde(default)]
    pub(super) routeing: Vec<Routeing>,
    #[serde(default)]
    pub(super) agent: Vec<AgentTable>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct LimitsTable {
    pub(super) conference_members: Option<Count>,
    pub(super) diversions: Option<u32>,
    pub(super) calls: Option<Count>,
    pub(super) interdigit_timeout: Option<Text>,
    pub(super) no_answer: Option<Text>,
    pub(super) auto_hold: Option<bool>,
    pub(super) transfer_to_failed: Option<bool>,
    pub(super) park_recall: Option<Text>,
    pub(super) route_timeout: Option<Text>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct QuirksTable {
    pub(super) announces_status: Option<bool>,
    pub(super) timestamps: Option<bool>,
    pub(super) keep_alive: Option<Text>,
    pub(super) clients: Option<Count>,
    pub(super) monitors: Option<Count>,
    pub(super) monitors_per_object: Option<Count>,
    pub(super) session: Option<Text>,
    pub(super) edition: Option<Spanned<u8>>,
    pub(super) prefix: Option<String>,
    pub(super) prolog: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Extension {
    pub(super) number: Text,
    #[serde(default)]
    pub(super) name: String,
    pub(super) max_calls: Option<Count>,
    #[serde(default)]
    pub(super) call_waiting: bool,
    #[serde(default)]
    pub(super) auto_answer: bool,
    #[serde(default)]
    pub(super) offers: bool,
    pub(super) pickup_group: Option<u32>,
    pub(super) script: Option<Text>,
    #[serde(default)]
    pub(super) do_not_disturb: bool,
    #[serde(default)]
    pub(super) message_waiting: bool,
    #[serde(default)]
    pub(super) out_of_service: bool,
    #[serde(default)]
    pub(super) forward: Vec<ForwardTable>,
    #[serde(default)]
    pub(super) lamps: Vec<u32>,
    #[serde(default)]
    pub(super) button: Vec<ButtonTable>,
    pub(super) display: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ForwardTable {
    pub(super) when: Text,
    pub(super) to: Text,
    pub(super) after: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ButtonTable {
    pub(super) button: u32,
    #[serde(default)]
    pub(super) label: String,
    #[serde(default)]
    pub(super) number: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    pub(super) number: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Trunk {
    pub(super) name: Text,
    pub(super) circuits: Count,
    pub(super) prefixes: Vec<String>,
    #[serde(default)]
    pub(super) far: BTreeMap<String, Text>,
    pub(super) others: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    pub(super) number: Text,
    #[serde(default)]
    pub(super) name: String,
    pub(super) members: Vec<Text>,
    pub(super) distribution: Option<Text>,
    #[serde(default)]
    pub(super) agents_only: bool,
    pub(super) ring_time: Option<Text>,
    #[serde(default)]
    pub(super) queue: usize,
    pub(super) max_wait: Option<Text>,
    pub(super) overflow: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Routeing {
    pub(super) number: Text,
    pub(super) default: Text,
    #[serde(default = "yes")]
    pub(super) asks: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AgentTable {
    pub(super) id: Text,
    pub(super) at: Text,
    pub(super) group: Option<Text>,
    pub(super) after_call: Option<Text>,
    pub(super) state: Option<Text>,
}

fn yes() -> bool {
    true
}
