//! What befalls a switch and its links, as somebody wants it for a test: other statuses, lost monitors, links that are
//! cut, a restart.

use super::{ClientId, CloseReason, CstaServer, monitor::Object};
use crate::exchange::switch::{DeviceId, Switch};
use crate::time::SimTime;
use crate::wire::csta::schema::{Kind, Names, phase3};

impl CstaServer {
    /// As [`CstaServer::set_status`], with a name that somebody has written.
    ///
    /// # Errors
    /// Where the standard has no such status: those that it has.
    pub fn set_status_by_name(&mut self, name: &str, now: SimTime) -> Result<(), String> {
        let known: Names = match phase3::ty("SystemStatus").map(|ty| &ty.kind) {
            Some(Kind::Enumerated(names)) => names,
            _ => &[],
        };
        let Some((status, _)) = known.iter().find(|(known, _)| *known == name) else {
            let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
            return Err(format!(
                "{name} is no system status; there are {}",
                names.join(", ")
            ));
        };
        self.set_status(status, now);
        Ok(())
    }

    /// Ends the monitors of a device, or all, as a switch does that can go on with them no more: clients are told.
    pub fn stop_monitors(&mut self, device: Option<DeviceId>, now: SimTime) {
        self.now = self.now.max(now);
        let ended = self
            .monitors
            .iter()
            .filter(|(_, monitor)| device.is_none_or(|device| monitor.object == Object::Device(device)));
        for id in ended.map(|(id, _)| *id).collect::<Vec<_>>() {
            if let Some(monitor) = self.forget_monitor(id) {
                self.tell_monitor_stopped(monitor.client, id);
            }
        }
    }

    /// Holds back what is said to clients, as if it were on its way, or lets it arrive. The links themselves go on: what
    /// clients send is acknowledged where a link does that.
    pub fn hold(&mut self, hold: bool, now: SimTime) {
        self.now = self.now.max(now);
        self.is_held = hold;
        for id in self.clients().collect::<Vec<_>>() {
            let held = self.clients.get_mut(&id).map(|known| known.hold(now, hold));
            if let Some(Err(error)) = held {
                self.note(id, false, format!("cannot be sent: {error}"));
            }
            self.flush(id);
        }
    }

    /// What is held back is lost, and nothing is any more.
    pub fn lose_held(&mut self) {
        self.is_held = false;
        for known in self.clients.values_mut() {
            known.held = None;
        }
    }

    /// Cuts the link of a client, or of all.
    ///
    /// # Errors
    /// Where there is no such client.
    pub fn drop_clients(&mut self, client: Option<ClientId>, now: SimTime) -> Result<(), String> {
        self.now = self.now.max(now);
        if let Some(client) = client
            && !self.clients.contains_key(&client)
        {
            return Err(format!("there is no application {}", client.0));
        }
        let all: Vec<_> = self.clients().collect();
        for id in all
            .into_iter()
            .filter(|id| client.is_none_or(|client| client == *id))
        {
            self.close(id, CloseReason::Cut);
        }
        Ok(())
    }

    /// The switch begins anew: clients are told that it initialises and are cut off, and all calls end. What was set at
    /// devices stays.
    pub fn restart(&mut self, switch: &mut Switch, now: SimTime) {
        self.set_status("initializing", now);
        for client in self.clients().collect::<Vec<_>>() {
            self.close(client, CloseReason::Restarted);
        }
        for call in switch.snapshot().calls.into_keys() {
            // The end of one call may have ended another one.
            switch.clear_call(call, now).unwrap_or_default();
        }
        self.pump(switch, now);
        self.status = "normal";
    }
}
