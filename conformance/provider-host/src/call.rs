//! One call of an exported function: its arguments laid out, what it left in them read back, its return told. In the
//! thread that serves, or apart in one of its own.

use crate::{
    arena::{Arena, Buffer},
    callbacks,
    event::Event,
    gate::Gate,
    invoke,
    outbox::Outbox,
    provider::Export,
};
use offhook_host_protocol::{Arg, MAX_ARGS, Message};
use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

/// Buffers with the indices of their arguments.
type Buffers = Vec<(u8, Buffer)>;

/// The buffers that calls have left with the DLL, by the calls' numbers.
static KEPT: Mutex<Option<HashMap<u32, Buffers>>> = Mutex::new(None);

/// Memory for the arguments of calls that are made apart, while none uses it.
static APART: Mutex<Vec<Arena>> = Mutex::new(Vec::new());

/// A call that is ready to be made.
pub struct Call {
    pub seq: u32,
    pub export: Export,
    pub args: Vec<Arg>,
}

impl Call {
    /// Makes it in a thread of its own, as soon as all have come to the gate where there is one. Where a thread cannot be had,
    /// the parent is told.
    pub fn make_apart(self, gate: Option<Arc<Gate>>, outbox: &'static Outbox) {
        let (seq, function) = (self.seq, self.export.name);
        let at_gate = gate.clone();
        let started = thread::Builder::new().name("apart".to_owned()).spawn(move || {
            let arena = APART.lock().unwrap_or_else(PoisonError::into_inner).pop();
            match arena.map_or_else(Arena::new, Ok) {
                Ok(mut arena) => {
                    self.make(&mut arena, at_gate.as_deref(), outbox);
                    APART.lock().unwrap_or_else(PoisonError::into_inner).push(arena);
                }
                Err(error) => {
                    at_gate.iter().for_each(|gate| gate.give_up());
                    failed(outbox, "memory for the arguments", function, &error);
                }
            }
        });
        if let Err(error) = started {
            gate.iter().for_each(|gate| gate.give_up());
            failed(outbox, &format!("a thread for call {seq}"), function, &error);
        }
    }

    /// Makes it, as soon as all have come to the gate where there is one.
    pub fn make(&self, arena: &mut Arena, gate: Option<&Gate>, outbox: &'static Outbox) {
        let (seq, function) = (self.seq, self.export.name);
        let mut slots = [0; MAX_ARGS];
        let (mut outs, mut events) = (Vec::new(), Vec::new());
        if let Err(error) = self.fill_slots(arena, outbox, &mut slots, &mut outs, &mut events) {
            gate.iter().for_each(|gate| gate.give_up());
            return failed(outbox, "memory for the arguments", function, &error);
        }
        self.keep(&outs);
        gate.iter().for_each(|gate| gate.pass());
        // SAFETY: the parent describes the function as the DLL's documents do; a DLL that exports something else by that
        // name breaks only this process.
        let result = unsafe { invoke::invoke(self.export.address.0, &slots[..self.args.len()]) };
        // SAFETY: the call's memory is accessible until `end`.
        let outs = outs
            .into_iter()
            .map(|(index, buffer)| (index, unsafe { buffer.read() }))
            .collect();
        drop(events);
        if let Err(error) = arena.end() {
            return failed(outbox, "memory of the arguments", function, &error);
        }
        match result {
            Some(result) => outbox.report(|stamp| Message::Returned {
                seq,
                result,
                outs,
                stamp,
            }),
            None => outbox.failed(format!("{function} has too many arguments"), 0),
        }
    }

    /// Puts each argument into its slot, and those that the DLL may write to into `outs` with their index.
    fn fill_slots(
        &self,
        arena: &mut Arena,
        outbox: &'static Outbox,
        slots: &mut [usize; MAX_ARGS],
        outs: &mut Buffers,
        events: &mut Vec<Event>,
    ) -> io::Result<()> {
        let function = self.export.name;
        for (index, (arg, slot)) in self.args.iter().zip(slots).enumerate() {
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
                Arg::Event => {
                    let event = Event::watched(self.seq, outbox)?;
                    let handle = event.handle();
                    events.push(event);
                    handle
                }
                callback => callbacks::address(callback).unwrap_or(0),
            };
        }
        Ok(())
    }

    /// Remembers the buffers that are left with the DLL.
    fn keep(&self, outs: &[(u8, Buffer)]) {
        let is_left = |index: u8| {
            let arg = self.args.get(usize::from(index));
            matches!(arg, Some(Arg::Out { keep: true, .. }))
        };
        let left: Vec<_> = outs
            .iter()
            .filter(|(index, _)| is_left(*index))
            .copied()
            .collect();
        if !left.is_empty() {
            let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
            kept.get_or_insert_default().insert(self.seq, left);
        }
    }
}

/// What the memory holds now that a call left with the DLL, by argument index.
pub fn kept(seq: u32) -> Vec<(u8, Vec<u8>)> {
    let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let buffers = kept.as_ref().and_then(|kept| kept.get(&seq));
    let buffers = buffers.map_or(&[][..], Vec::as_slice).iter();
    buffers
        // SAFETY: such buffers stay accessible as long as the process lives.
        .map(|(index, buffer)| (*index, unsafe { buffer.read() }))
        .collect()
}

/// Forgets what calls have left with a DLL that is loaded no more; the memory itself stays accessible.
pub fn forget_kept() {
    *KEPT.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

fn failed(outbox: &Outbox, what: &str, function: &str, error: &io::Error) {
    let code = error.raw_os_error().unwrap_or(0).into();
    outbox.failed(format!("{what} of {function}: {error}"), code);
}
