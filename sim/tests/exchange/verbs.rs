//! What a person types to play telephones.

use offhook_sim::SimTime;
use offhook_sim::exchange::pbx::{OFFICE, Pbx};
use offhook_sim::exchange::verbs::{VERBS, run};

#[test]
fn an_afternoon_at_the_office() {
    let mut switch = Pbx::from_toml(OFFICE, "office.toml").unwrap().switch;
    let mut play = |line: &str| match run(&mut switch, line, SimTime::ZERO) {
        Ok(answer) => answer,
        Err(error) => format!("{error}\n"),
    };
    let script = [
        ("call 203 204", ""),
        ("answer 204", ""),
        ("consult 204 205", ""),
        ("answer 205", ""),
        (
            "transfer 204 999",
            "the switch refuses: operation error: invalidDestination\n",
        ),
        ("swap 204", ""),
        (
            "show",
            "call 1: 203 connected 204 connected\ncall 2: 204 hold 205 connected\n",
        ),
        ("conference 204", ""),
        ("show", "call 3: 203 connected 204 connected 205 connected\n"),
        ("park 204", ""),
        ("pickup 209 71", ""),
        ("digits 209 12#", ""),
        ("hang-up 203", ""),
        ("hang-up 205", ""),
        ("show", ""),
        ("incoming CO-1 4155550100 203", ""),
        ("deflect 203 210", ""),
        ("pickup 204", ""),
        ("hold 204", ""),
        ("retrieve 204", ""),
        ("transfer 204 205", ""),
        ("out-of-service 205", ""),
        ("show", ""),
        ("forward 203 forwardImmediate 210", ""),
        ("do-not-disturb 210 on", ""),
        ("call 209 203", ""),
        ("show", "call 6: 209 connected 210 fail\n"),
        ("hang-up 209", ""),
        (
            "do-not-disturb 210 maybe",
            "this is written `do-not-disturb DEVICE on|off`\n",
        ),
        ("answer", "this is written `answer DEVICE`\n"),
        (
            "answer 299",
            "no device has the number 299: `show` lists those in calls\n",
        ),
        (
            "answer 203",
            "203 is in no call that is alerting: `show` lists the calls\n",
        ),
        ("dance 203", "no verb is called dance: `help` lists them\n"),
        ("", ""),
    ];
    for (line, told) in script {
        assert_eq!(play(line), told, "{line}");
    }
    assert_eq!(play("help").lines().count(), VERBS.len());
}
