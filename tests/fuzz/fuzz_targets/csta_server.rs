//! The CSTA server on a switch, in virtual time: no bytes of clients make it panic or leak a call, and what the switch
//! told rebuilds what it has.
//!
//! An input is an octet that chooses the profile, then pieces: an octet whose lowest bit says which of two clients they
//! come from and whose other bits how long to wait before, an octet for their length, and the bytes themselves.
#![cfg_attr(fuzzing, no_main)]

use std::time::Duration;

use offhook_sim::SimTime;
use offhook_sim::device::csta::{CstaServer, profiles};
use offhook_sim::exchange::switch::{GroupSettings, Replica, StationSettings, Switch};

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

fn switch() -> Switch {
    let mut switch = Switch::default();
    for number in 201..=206 {
        switch
            .add_station(&number.to_string(), StationSettings::default())
            .expect("the number is free");
    }
    let members = ["201", "202"].map(|number| switch.device(number).expect("it is there"));
    let settings = GroupSettings {
        members: members.to_vec(),
        queue: 2,
        ..GroupSettings::default()
    };
    switch.add_group("300", settings).expect("the number is free");
    let routeing = switch
        .add_routeing_device("900", "203")
        .expect("the number is free");
    switch
        .set_routeing_mode(routeing, true, SimTime::ZERO)
        .expect("it is one");
    while switch.poll_event().is_some() {}
    switch
}

/// Plays one input.
pub fn run(data: &[u8]) {
    let Some((first, mut rest)) = data.split_first() else {
        return;
    };
    let profiles = profiles();
    let profile = profiles[usize::from(*first) % profiles.len()].clone();
    let (mut switch, mut server, mut replica) = (switch(), CstaServer::new(profile), Replica::default());
    let mut now = SimTime::ZERO;
    let clients = [server.connect(now), server.connect(now)];
    while let [how, length, bytes @ ..] = rest {
        now += Duration::from_millis(u64::from(how >> 1) * 100);
        server.handle_timeout(&mut switch, now);
        let (piece, left) = bytes.split_at(usize::from(*length).min(bytes.len()));
        server.handle_bytes(&mut switch, clients[usize::from(how & 1)], piece, now);
        while let Some(event) = server.poll_event() {
            replica.apply(&event);
        }
        assert_eq!(replica.snapshot(), &switch.snapshot());
        while server.poll_output().is_some()
            || server.poll_closed().is_some()
            || server.poll_record().is_some()
        {}
        rest = left;
    }
    for client in clients {
        server.handle_gone(client);
    }
    server.pump(&mut switch, now);
    assert_eq!(server.monitor_count(), 0);
    server.restart(&mut switch, now);
    assert_eq!(switch.call_count(), 0, "a call cannot be ended");
}
