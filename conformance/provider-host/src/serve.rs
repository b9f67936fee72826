//! The loop: takes a request, carries it out, answers. What concerns a provider is done in a thread that ends with it.

use crate::{
    aftermath::Before,
    arena::Arena,
    call::{self, Call},
    callbacks, census, crash,
    gate::Gate,
    inbox::Inbox,
    outbox::Outbox,
    provider::Provider,
    registry,
};
use offhook_host_protocol::{FrameError, Invocation, MAX_ARGS, Message, Request, VERSION};
use std::{env, io, panic, sync::Arc, thread};

/// The stack of the thread that calls the provider: what a program's first thread has on Linux, and more than on Windows.
const STACK: usize = 8 << 20;

/// Serves requests until the parent asks to leave or closes its end.
pub fn serve(inbox: &Inbox, outbox: &'static Outbox) -> Result<(), FrameError> {
    let mut host = Host {
        outbox,
        provider: None,
        arena: Arena::new()?,
        before: Before::now().ok(),
    };
    loop {
        // A thread of its own, because what the DLL keeps for a thread ends with the thread; until then it cannot be unloaded.
        let next = thread::scope(|scope| -> Result<Next, FrameError> {
            let thread = thread::Builder::new()
                .name("provider".to_owned())
                .stack_size(STACK);
            let life = thread.spawn_scoped(scope, || {
                crash::watch_this_thread();
                host.live(inbox)
            })?;
            life.join().unwrap_or_else(|panic| panic::resume_unwind(panic))
        });
        match next? {
            Next::Leave => {
                host.leave();
                return Ok(());
            }
            Next::Unload => host.unload(),
        }
    }
}

/// What a provider's life ends with.
enum Next {
    /// The process ends.
    Leave,
    /// It goes on without the provider.
    Unload,
}

struct Host {
    outbox: &'static Outbox,
    provider: Option<Provider>,
    arena: Arena,
    /// The process before any provider; `None` where the system does not tell.
    before: Option<Before>,
}

impl Host {
    /// Carries out what is asked until the provider is to be unloaded, or the process to end.
    fn live(&mut self, inbox: &Inbox) -> Result<Next, FrameError> {
        let outbox = self.outbox;
        while let Some(request) = inbox.request()? {
            match request {
                Request::Exit => break,
                Request::Unload => return Ok(Next::Unload),
                Request::Hello { version } => self.hello(version),
                Request::SetRegistry { key, name, value } => match registry::set(&key, &name, &value) {
                    Ok((value, made)) => outbox.send(Message::Was { value, made }),
                    Err((what, code)) => outbox.failed(what, code),
                },
                Request::RemoveKey { key } => match registry::remove_key(&key) {
                    Ok(()) => outbox.send(Message::Done),
                    Err((what, code)) => outbox.failed(what, code),
                },
                Request::Load { path, cwd } => self.load(&path, cwd.as_deref()),
                Request::Call {
                    seq,
                    function,
                    args,
                    apart,
                } => self.call(Invocation { seq, function, args }, apart),
                Request::AtOnce { calls } => self.at_once(calls),
                Request::RefuseNewCalls { count } => {
                    callbacks::refuse_new_calls(count);
                    outbox.send(Message::Done);
                }
                Request::Exports { names } => self.exports(&names),
                Request::Read { seq } => outbox.send(Message::Kept {
                    seq,
                    outs: call::kept(seq),
                }),
                Request::Census { ports } => match census::take(&ports) {
                    Ok(census) => outbox.send(census),
                    Err(error) => failed(outbox, &error),
                },
                // The inbox hands these to those who wait for them.
                Request::Answer { .. } => {}
            }
        }
        Ok(Next::Leave)
    }

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

    fn load(&mut self, path: &str, cwd: Option<&str>) {
        if self.provider.is_some() {
            self.outbox.failed(
                "a provider is loaded already: one child, one provider".to_owned(),
                0,
            );
            return;
        }
        if let Some(Err(error)) = cwd.map(env::set_current_dir) {
            return failed(self.outbox, &error);
        }
        match Provider::load(path) {
            Ok(provider) => {
                self.provider = Some(provider);
                self.outbox.send(Message::Done);
            }
            Err(failure) => self.outbox.failed(failure.what, failure.code),
        }
    }

    /// Unloads the provider before the process ends, as TAPI does; not where threads of it live on, which would crash or not by
    /// chance then. What is left behind is counted, and told by a rule.
    fn leave(&mut self) {
        let changed = self.before.as_ref().map(Before::changed);
        if let Some(provider) = self.provider.take()
            && !matches!(changed, Some(Ok(None)))
        {
            provider.keep();
        }
    }

    /// Unloads the provider, from whose functions all threads of this program have returned.
    fn unload(&mut self) {
        let changed = match &self.before {
            Some(before) => before.changed().unwrap_or_else(|error| Some(error.to_string())),
            None => Some("what it leaves behind is not known on this system".to_owned()),
        };
        if let Some(what) = changed {
            return self.outbox.failed(what, 0);
        }
        let Some(provider) = self.provider.take() else {
            return self.outbox.failed("no provider is loaded".to_owned(), 0);
        };
        match provider.unload() {
            Ok(()) => {
                callbacks::begin_anew();
                call::forget_kept();
                self.outbox.send(Message::Done);
            }
            Err(what) => self.outbox.failed(what, 0),
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

fn failed(outbox: &Outbox, error: &io::Error) {
    outbox.failed(error.to_string(), error.raw_os_error().unwrap_or_default().into());
}
