//! `offhook explain`: one rule, function, constant, verdict or exit code.

use offhook_conformance::exit;
use offhook_conformance::rules::catalogue::judged_by;
use offhook_conformance::rules::{self, Level, Rule, reference};
use offhook_conformance::tspi::{self, Filler, Function, Message, Sender, Structure};

use crate::fail::Fail;
use crate::selftest::faults;

/// Prints what is known of `id`.
pub fn explain(id: &str) -> Result<(), Fail> {
    let text = rules::rule(id)
        .map(rule_text)
        .or_else(|| tspi::function(id).map(function_text))
        .or_else(|| tspi::message_named(id).map(message_text))
        .or_else(|| tspi::structure(id).map(structure_text))
        .or_else(|| constant_text(id))
        .or_else(|| exit_text(id))
        .ok_or_else(|| unknown(id))?;
    crate::output::print(&text);
    Ok(())
}

fn rule_text(rule: &Rule) -> String {
    let mut text = format!(
        "{}\n\n  {}\n\n  level      {}\n  page       {}\n             {}\n  broken by  {}\n  shown by   {}\n\n  \
         why it matters\n    {}\n  how to mend it\n    {}\n",
        rule.id,
        rule.requirement,
        rule.level.word(),
        rule.page,
        reference::address(rule.page),
        reference::mutant(rule, &faults()).replace('`', ""),
        rule.exercises.join(", "),
        rule.why,
        rule.mend,
    );
    let statements: Vec<String> = judged_by(rule.id)
        .map(|statement| {
            format!(
                "    {} ({}): {}\n",
                statement.id, statement.level, statement.requirement
            )
        })
        .collect();
    if !statements.is_empty() {
        text.push_str(&format!(
            "\n  statements of the documentation\n{}",
            statements.concat()
        ));
    }
    if let Some(exercise) = reference::shortest(rule) {
        text.push_str(&format!(
            "\n  the shortest scenario that shows it: {}\n",
            exercise.file
        ));
        for line in exercise.text.lines() {
            text.push_str(format!("    {line}").trim_end());
            text.push('\n');
        }
        if exercise.probe.is_some() {
            text.push_str("    and then calls that the language of scenarios has no words for\n");
        }
    }
    text.push_str(&format!(
        "\nTry it:   offhook check --filter {id}{robust}\nProve it: offhook selftest --filter {id}\n",
        id = rule.id,
        robust = if rule.level == Level::Robust {
            " --strictness robust"
        } else {
            ""
        },
    ));
    text
}

fn function_text(function: &Function) -> String {
    let mut text = format!(
        "{}\n\n  page   {}\n  since  {}\n  mode   {}\n  need   {}\n\n  arguments\n",
        function.name,
        function.page,
        function.since,
        function.mode.word(),
        function.need.words()
    );
    for arg in function.args {
        text.push_str(&format!(
            "    {:<24} {:<7} {}{}\n",
            arg.name,
            arg.kind.direction().word(),
            arg.kind.words(),
            if arg.optional { " (optional)" } else { "" }
        ));
    }
    let states = function.states_in_words();
    if !states.is_empty() {
        text.push_str(&format!(
            "\n  call states\n    {}\n",
            states.replace("; ", "\n    ")
        ));
    }
    let errors = function.errors();
    if !errors.is_empty() {
        text.push_str(&format!(
            "\n  errors that the page lists\n    {}\n",
            errors.join("\n    ")
        ));
    }
    let related = rules::rules()
        .filter(|rule| rule.page == function.page)
        .map(|rule| rule.id);
    let related: Vec<_> = related.collect();
    if !related.is_empty() {
        text.push_str(&format!("\n  rules\n    {}\n", related.join("\n    ")));
    }
    text
}

fn message_text(message: &Message) -> String {
    let [first, second, third] = message.params.map(|parameter| parameter.words());
    format!(
        "{} = {}\n\n  page      {}\n  sender    {}\n  since     {}\n  handles   {}\n  dwParam1  {first}\n  \
         dwParam2  {second}\n  dwParam3  {third}\n",
        message.name,
        message.value(),
        message.page,
        match message.sender {
            Sender::Provider => "a provider",
            Sender::Tapi => "TAPI alone, to applications",
        },
        message.since,
        message.about.words(),
    )
}

fn structure_text(structure: &'static Structure) -> String {
    let mut text = format!(
        "{}\n\n  page  {}\n\n  offset  size  since\n",
        structure.name, structure.page
    );
    for member in structure.all_members() {
        let tapi = match member.filler {
            Filler::Tapi => "  (TAPI's)",
            Filler::Provider => "",
        };
        text.push_str(&format!(
            "  {:>6}  {:>4}  {}    {}{tapi}\n",
            member.offset, member.size, member.since, member.name
        ));
    }
    text
}

fn constant_text(name: &str) -> Option<String> {
    let (family, value) = tspi::constant(name)?;
    Some(format!(
        "{name} = {value:#010x}\n\n  family  {}_\n  page    {}\n",
        family.name, family.page
    ))
}

fn exit_text(id: &str) -> Option<String> {
    let row = exit::TABLE
        .iter()
        .find(|row| row.name == id || row.code.to_string() == id)?;
    Some(format!(
        "exit {}: {}\n\n  {}\n\n  {}\n",
        row.code, row.name, row.meaning, row.remedy
    ))
}

fn unknown(id: &str) -> Fail {
    let names = rules::rules()
        .map(|rule| rule.id)
        .chain(tspi::functions().map(|function| function.name))
        .chain(tspi::messages().map(|message| message.name))
        .chain(tspi::structures().map(|structure| structure.name));
    let near = names
        .map(|name| {
            (
                strsim::jaro_winkler(&name.to_lowercase(), &id.to_lowercase()),
                name,
            )
        })
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .filter(|(likeness, _)| *likeness > 0.7);
    let hint = near
        .map(|(_, name)| format!(": did you mean {name}?"))
        .unwrap_or_default();
    Fail::usage(format!(
        "nothing is called {id:?}{hint}\n`offhook list rules` and `offhook list functions` name what there is"
    ))
}
