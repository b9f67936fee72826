//! The loop: reads a request, carries it out in this thread, answers.

use crate::{
    arena::{Arena, Buffer},
    callbacks, invoke,
    outbox::Outbox,
    provider::Provider,
    registry,
};
use offhook_host_protocol::{Arg, FrameError, MAX_ARGS, Message, Request, VERSION, read_frame};
use std::collections::HashMap;
use std::io::{self, BufReader, Read};

/// Serves requests until the parent asks to leave or closes its end.
pub fn serve(requests: &mut impl Read, outbox: &'static Outbox) -> Result<(), FrameError> {
    let mut requests = BufReader::with_capacity(64 << 10, requests);
    let mut host = Host {
        outbox,
        provider: None,
        arena: Arena::new()?,
        kept: HashMap::new(),
    };
    while let Some(request) = read_frame(&mut requests)? {
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
            Request::LoadUi { path } => host.load_ui(&path),
            Request::Call { seq, function, args } => host.call(seq, &function, &args),
            Request::Exports { names } => host.exports(&names),
            Request::Read { seq } => host.read(seq),
        }
    }
    Ok(())
}

struct Host {
    outbox: &'static Outbox,
    provider: Option<Provider>,
    arena: Arena,
    /// The buffers that calls have left with the provider, with their arguments' indices.
    kept: HashMap<u32, Vec<(u8, Buffer)>>,
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
            Ok(mut provider) => {
                let relay = provider.export("TSPI_providerGenericDialogData");
                callbacks::relay_dialog_data_to(relay.map_or(std::ptr::null(), |export| export.address));
                self.provider = Some(provider);
                self.outbox.send(Message::Done);
            }
            Err(failure) => self.outbox.failed(failure.what, failure.code),
        }
    }

    fn load_ui(&mut self, path: &str) {
        let Some(provider) = &mut self.provider else {
            return self.outbox.failed("no provider is loaded".to_owned(), 0);
        };
        match provider.load_ui(path) {
            Ok(()) => self.outbox.send(Message::Done),
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

    fn read(&self, seq: u32) {
        let kept = self.kept.get(&seq).map_or(&[][..], Vec::as_slice);
        let outs = kept
            .iter()
            // SAFETY: such buffers stay accessible as long as the process lives.
            .map(|(index, buffer)| (*index, unsafe { buffer.read() }))
            .collect();
        self.outbox.send(Message::Kept { seq, outs });
    }

    fn call(&mut self, seq: u32, function: &str, args: &[Arg]) {
        let Some(provider) = &mut self.provider else {
            self.outbox
                .failed(format!("no provider is loaded to call {function} of"), 0);
            return;
        };
        if args.len() > MAX_ARGS {
            self.outbox.failed(
                format!("{function} with {} arguments, more than {MAX_ARGS}", args.len()),
                0,
            );
            return;
        }
        let Some(export) = provider.export(function) else {
            self.outbox.send(Message::Missing { seq });
            return;
        };
        let mut slots = [0; MAX_ARGS];
        let mut outs = Vec::new();
        if let Err(error) = fill_slots(&mut self.arena, args, export.name, &mut slots, &mut outs) {
            self.outbox.failed(
                format!("memory for the arguments of {function}: {error}"),
                os_code(&error),
            );
            return;
        }
        let left = args
            .iter()
            .enumerate()
            .filter(|(_, arg)| matches!(arg, Arg::Out { keep: true, .. }));
        let left: Vec<u8> = left.filter_map(|(index, _)| u8::try_from(index).ok()).collect();
        if !left.is_empty() {
            let buffers = outs.iter().filter(|(index, _)| left.contains(index)).copied();
            self.kept.insert(seq, buffers.collect());
        }
        // SAFETY: the parent describes the function as the provider's documents do; a provider that exports something
        // else by that name breaks only this process.
        let result = unsafe { invoke::invoke(export.address, &slots[..args.len()]) };
        // SAFETY: the call's memory is accessible until `end`.
        let outs = outs
            .into_iter()
            .map(|(index, buffer)| (index, unsafe { buffer.read() }))
            .collect();
        if let Err(error) = self.arena.end() {
            self.outbox.failed(
                format!("memory of the arguments of {function}: {error}"),
                os_code(&error),
            );
            return;
        }
        match result {
            Some(result) => self.outbox.report(|stamp| Message::Returned {
                seq,
                result,
                outs,
                stamp,
            }),
            None => self
                .outbox
                .failed(format!("{function} has too many arguments"), 0),
        }
    }
}

/// Puts each argument into its slot, and those that the provider may write to into `outs` with their index.
fn fill_slots(
    arena: &mut Arena,
    args: &[Arg],
    function: &'static str,
    slots: &mut [usize; MAX_ARGS],
    outs: &mut Vec<(u8, Buffer)>,
) -> io::Result<()> {
    for (index, (arg, slot)) in args.iter().zip(slots).enumerate() {
        *slot = match arg {
            // A 32-bit register takes the low half, as the protocol says.
            Arg::Value(value) => *value as usize,
            Arg::Null => 0,
            Arg::In(bytes) => arena.place(bytes, function, index)?.address,
            Arg::Out { bytes, keep } => {
                let buffer = if *keep {
                    arena.place_for_good(bytes, function, index)?
                } else {
                    arena.place(bytes, function, index)?
                };
                outs.push((u8::try_from(index).unwrap_or(u8::MAX), buffer));
                buffer.address
            }
            callback => callbacks::address(callback).unwrap_or(0),
        };
    }
    Ok(())
}

fn os_code(error: &io::Error) -> i64 {
    error.raw_os_error().unwrap_or(0).into()
}
