//! The loop: takes a request, carries it out in this thread, answers.

use crate::{
    arena::Arena,
    call::{self, Call},
    callbacks, census,
    gate::Gate,
    inbox::Inbox,
    outbox::Outbox,
    provider::Provider,
    registry,
};
use offhook_host_protocol::{FrameError, Invocation, MAX_ARGS, Message, Request, VERSION};
use std::sync::Arc;

/// Serves requests until the parent asks to leave or closes its end.
pub fn serve(inbox: &Inbox, outbox: &'static Outbox) -> Result<(), FrameError> {
    let mut host = Host {
        outbox,
        provider: None,
        arena: Arena::new()?,
    };
    while let Some(request) = inbox.request()? {
        match request {
            Request::Exit => break,
            Request::Hello { version } => host.hello(version),
            Request::SetRegistry { key, name, value } => match registry::set(&key, &name, &value) {
                Ok((value, made)) => outbox.send(Message::Was { value, made }),
                Err((what, code)) => outbox.failed(what, code),
            },
            Request::RemoveKey { key } => match registry::remove_key(&key) {
                Ok(()) => outbox.send(Message::Done),
                Err((what, code)) => outbox.failed(what, code),
            },
            Request::Load { path } => host.load(&path),
            Request::Call {
                seq,
                function,
                args,
                apart,
            } => host.call(Invocation { seq, function, args }, apart),
            Request::AtOnce { calls } => host.at_once(calls),
            Request::RefuseNewCalls { count } => {
                callbacks::refuse_new_calls(count);
                outbox.send(Message::Done);
            }
            Request::Exports { names } => host.exports(&names),
            Request::Read { seq } => outbox.send(Message::Kept {
                seq,
                outs: call::kept(seq),
            }),
            Request::Census { ports } => match census::take(&ports) {
                Ok(census) => outbox.send(census),
                Err(error) => {
                    outbox.failed(error.to_string(), error.raw_os_error().unwrap_or_default().into());
                }
            },
            // The inbox hands these to those who wait for them.
            Request::Answer { .. } => {}
        }
    }
    Ok(())
}

struct Host {
    outbox: &'static Outbox,
    provider: Option<Provider>,
    arena: Arena,
}

impl Host {
    fn hello(&self, version: u16) {
        if version == VERSION {
            self.outbox.send(Message::Hello {
                version: VERSION,
                bits: u8::try_from(usize::BITS).unwrap_or(u8::MAX),
                platform: crate::channel::platform(),
                pid: std::process::id(),
            });
        } else {
            self.outbox.failed(
                format!("the harness speaks protocol {version}, this host {VERSION}"),
                0,
            );
        }
    }

    fn load(&mut self, path: &str) {
        if self.provider.is_some() {
            self.outbox.failed(
                "a provider is loaded already: one child, one provider".to_owned(),
                0,
            );
            return;
        }
        match Provider::load(path) {
            Ok(provider) => {
                self.provider = Some(provider);
                self.outbox.send(Message::Done);
            }
            Err(failure) => self.outbox.failed(failure.what, failure.code),
        }
    }

    fn exports(&mut self, names: &[String]) {
        let Some(provider) = &mut self.provider else {
            return self.outbox.failed("no provider is loaded".to_owned(), 0);
        };
        let found = names.iter().map(|name| provider.export(name).is_some()).collect();
        self.outbox.send(Message::Exports { found });
    }

    fn call(&mut self, asked: Invocation, apart: bool) {
        let Some(call) = self.ready(asked) else { return };
        match apart {
            true => call.make_apart(None, self.outbox),
            false => call.make(&mut self.arena, None, self.outbox),
        }
    }

    /// Makes calls at the same time: as soon as the thread of each is ready.
    fn at_once(&mut self, asked: Vec<Invocation>) {
        let calls: Vec<Call> = asked.into_iter().filter_map(|asked| self.ready(asked)).collect();
        let gate = Arc::new(Gate::new(calls.len()));
        for call in calls {
            call.make_apart(Some(gate.clone()), self.outbox);
        }
    }

    /// A call that can be made; of one that cannot the parent is told.
    fn ready(&mut self, asked: Invocation) -> Option<Call> {
        let Invocation { seq, function, args } = asked;
        let Some(provider) = &mut self.provider else {
            self.outbox
                .failed(format!("no provider is loaded to call {function} of"), 0);
            return None;
        };
        if args.len() > MAX_ARGS {
            self.outbox.failed(
                format!("{function} with {} arguments, more than {MAX_ARGS}", args.len()),
                0,
            );
            return None;
        }
        let Some(export) = provider.export(&function) else {
            self.outbox.send(Message::Missing { seq });
            return None;
        };
        Some(Call { seq, export, args })
    }
}
