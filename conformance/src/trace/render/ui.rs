//! The user interface: what is called in an application's process, and what it says.

use offhook_host_protocol::Arg;

use super::Renderer;
use crate::trace::lanes::Lane;
use crate::trace::{Event, Party, What};
use crate::tspi::{Function, Group, Value, constant_value, render_constant, render_result};

impl Renderer {
    /// The lane of a call: the provider's, the application's, or that of the thread that shows a dialog.
    pub(super) fn lane_of(&mut self, name: &str, by: &Party, function: &Function, args: &[Arg]) -> Lane {
        if function.group != Group::Ui {
            return Lane::App(name.to_owned());
        }
        let ht = function.arg("htDlgInst").and_then(|place| args.get(place));
        match ht {
            Some(Arg::Value(ht)) if function.name == "TUISPI_providerGenericDialog" => {
                Lane::Dialog(name.to_owned(), self.names.name(by, "dialog", *ht))
            }
            _ => Lane::Ui(name.to_owned()),
        }
    }

    /// Whether the arguments are about a dialog instance.
    pub(super) fn is_dialog(&self, function: &Function, args: &[Arg]) -> bool {
        let kind = function.arg("dwObjectType").and_then(|place| args.get(place));
        let dialog = u64::from(constant_value("TUISPIDLL_OBJECT_DIALOGINSTANCE"));
        matches!(kind, Some(Arg::Value(kind)) if *kind == dialog)
    }

    pub(super) fn ui(&mut self, name: &str, event: &Event) {
        let by = &event.by;
        let block = |bytes: &[u8]| Value::Bytes(bytes.to_vec()).to_string();
        match &event.what {
            What::Ui {
                ask,
                object,
                kind,
                params,
            } => {
                let dialog = match *kind == constant_value("TUISPIDLL_OBJECT_DIALOGINSTANCE") {
                    true => self.names.known(by, "dialog", *object).map(str::to_owned),
                    false => None,
                };
                let lane = match &dialog {
                    Some(dialog) => Lane::Dialog(name.to_owned(), dialog.clone()),
                    None => Lane::Ui(name.to_owned()),
                };
                self.asks.insert((by.clone(), *ask), lane.clone());
                let text = format!(
                    "TUISPIDLLCALLBACK(dwObjectID={}, dwObjectType={}, lpParams={})",
                    dialog.unwrap_or_else(|| object.to_string()),
                    render_constant("TUISPIDLL_OBJECT", *kind),
                    block(params)
                );
                self.line(&lane, &text);
            }
            What::UiAnswer { ask, result, params } => {
                let lane = self.asks.remove(&(by.clone(), *ask));
                let lane = lane.unwrap_or_else(|| Lane::Ui(name.to_owned()));
                let text = format!(
                    "  TUISPIDLLCALLBACK -> {}, *lpParams={}",
                    render_result(*result),
                    block(params)
                );
                self.line(&lane, &text);
            }
            What::Signalled { seq } => {
                // Before data are passed to a dialog, beside what its own thread does.
                if let Some((_, Lane::Dialog(_, dialog))) = self.calls.get(&(by.clone(), *seq)) {
                    let text = format!("{dialog} has signalled hEvent");
                    self.line(&Lane::Ui(name.to_owned()), &text);
                }
            }
            What::Dialog {
                request,
                hd,
                ht,
                ui_dll,
                params,
                ..
            } => {
                let request = self.names.name(by, "request", u64::from(*request));
                let hd = self.names.name_after(by, ("dialog", *ht), "hddialog", *hd);
                let ht = self.names.name(by, "dialog", *ht);
                let text = format!(
                    "LINE_CREATEDIALOGINSTANCE for {request}: {ht} is {hd}, lpszUIDLLName={:?}, lpParams={}",
                    library_name(ui_dll),
                    block(params)
                );
                self.line(&Lane::Event(name.to_owned()), &text);
            }
            _ => {}
        }
    }
}

/// The name of a DLL without folder, prefix and ending, which differ between builds of the same one.
pub(super) fn library_name(path: &str) -> &str {
    let file = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = file.split('.').next().unwrap_or_default();
    stem.strip_prefix("lib").unwrap_or(stem)
}
