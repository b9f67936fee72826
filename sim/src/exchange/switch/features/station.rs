//! Forwarding, do not disturb, message waiting, auto answer, service, and the loop of a subscriber's line.

use super::super::device::Device;
use super::super::{
    DeviceEventKind, DeviceId, DeviceKind, EventCause, Forward, ForwardingType, OperationError, Screening,
    Script, ServiceError, Switch, route,
};
use crate::time::SimTime;

impl Switch {
    /// Set Forwarding: where the device sends its calls of one type; `None` takes it off.
    ///
    /// Errors: the number cannot be dialled or is the device's own (`invalidForwardingDestination`).
    pub fn set_forwarding(
        &mut self,
        device: DeviceId,
        forwarding_type: ForwardingType,
        forward: Option<Forward>,
        now: SimTime,
    ) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            let known = switch.telephone_mut(device)?;
            if let Some(forward) = &forward
                && (!route::is_number(&forward.to) || forward.to == known.number)
            {
                return Err(OperationError::InvalidForwardingDestination.into());
            }
            match &forward {
                Some(forward) => known.forwarding.insert(forwarding_type, forward.clone()),
                None => known.forwarding.remove(&forwarding_type),
            };
            switch.report_device(
                device,
                DeviceEventKind::Forwarding {
                    forwarding_type,
                    forward,
                },
            );
            Ok(())
        })
    }

    /// Says what is done with some of the device's calls before its forwardings are looked at, instead of what was said
    /// before: the calls of one caller, or calls to turn away. The first instruction that fits a call is followed.
    ///
    /// Errors: a number cannot be dialled or is the device's own (`invalidForwardingDestination`); a type is one of do
    /// not disturb (`invalidParameterValue`).
    pub fn set_screening(
        &mut self,
        device: DeviceId,
        screening: Vec<Screening>,
        now: SimTime,
    ) -> Result<(), ServiceError> {
        use ForwardingType::{DoNotDisturb, DoNotDisturbExternal, DoNotDisturbInternal};
        self.serve(now, |switch| {
            let known = switch.telephone_mut(device)?;
            for Screening {
                forwarding_type,
                forward,
                ..
            } in &screening
            {
                if [DoNotDisturb, DoNotDisturbInternal, DoNotDisturbExternal].contains(forwarding_type) {
                    return Err(OperationError::InvalidParameterValue.into());
                }
                let to = &*forward.to;
                if !to.is_empty() && (!route::is_number(to) || *to == *known.number) {
                    return Err(OperationError::InvalidForwardingDestination.into());
                }
            }
            known.screening.clone_from(&screening);
            switch.report_device(device, DeviceEventKind::CallScreening { screening });
            Ok(())
        })
    }

    /// Set Do Not Disturb.
    pub fn set_do_not_disturb(
        &mut self,
        device: DeviceId,
        on: bool,
        now: SimTime,
    ) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            switch.telephone_mut(device)?.do_not_disturb = on;
            switch.report_device(device, DeviceEventKind::DoNotDisturb { on });
            switch.touch(device);
            Ok(())
        })
    }

    /// Lets calls wait for a device that is in one, or not. A device with the service can be in three calls: one active,
    /// one held, one waiting.
    pub fn set_call_waiting(&mut self, device: DeviceId, on: bool, now: SimTime) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            let settings = &mut switch.telephone_mut(device)?.settings;
            settings.call_waiting = on;
            if on {
                settings.max_calls = settings.max_calls.max(3);
            }
            Ok(())
        })
    }

    /// Lets a device be in so many calls at once, held ones included.
    pub fn set_max_calls(&mut self, device: DeviceId, most: usize, now: SimTime) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            switch.telephone_mut(device)?.settings.max_calls = most.max(1);
            Ok(())
        })
    }

    /// Set Message Waiting.
    pub fn set_message_waiting(
        &mut self,
        device: DeviceId,
        on: bool,
        now: SimTime,
    ) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            switch.telephone_mut(device)?;
            switch.message_waits(device, on);
            Ok(())
        })
    }

    /// Set Auto Answer.
    pub fn set_auto_answer(&mut self, device: DeviceId, on: bool, now: SimTime) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            switch.telephone_mut(device)?.settings.auto_answer = on;
            switch.report_device(device, DeviceEventKind::AutoAnswer { on });
            Ok(())
        })
    }

    /// Sets what a telephone does by itself from its next call on.
    pub fn set_script(&mut self, device: DeviceId, script: Option<Script>) -> Result<(), ServiceError> {
        self.telephone_mut(device)?.settings.script = script;
        Ok(())
    }

    /// Sets the name that a device's calls show.
    pub fn set_name(&mut self, device: DeviceId, name: &str) -> Result<(), ServiceError> {
        name.clone_into(&mut self.known_mut(device)?.settings.name);
        Ok(())
    }

    /// Takes a device out of service, which ends its part in all calls, or puts it back.
    pub fn set_in_service(&mut self, device: DeviceId, on: bool, now: SimTime) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            let known = switch.known_mut(device)?;
            if known.in_service == on {
                return Ok(());
            }
            known.in_service = on;
            switch.touch(device);
            if on {
                switch.report_device(device, DeviceEventKind::BackInService);
                return Ok(());
            }
            switch.report_device(device, DeviceEventKind::OutOfService);
            for connection in switch.snapshot_device(device) {
                switch.clear(connection, EventCause::DestOutOfOrder);
            }
            Ok(())
        })
    }

    /// Says whether the loop of a subscriber's line is closed. Calls find the line busy while it is.
    pub fn set_off_hook(&mut self, line: DeviceId, off_hook: bool, now: SimTime) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            let known = switch.known_mut(line)?;
            if known.kind != DeviceKind::Line {
                return Err(OperationError::RequestIncompatibleWithDevice.into());
            }
            if known.off_hook != off_hook {
                known.off_hook = off_hook;
                switch.report_device(line, DeviceEventKind::Hookswitch { off_hook });
                switch.touch(line);
            }
            Ok(())
        })
    }

    pub(in super::super) fn message_waits(&mut self, device: DeviceId, on: bool) {
        if let Ok(known) = self.known_mut(device) {
            known.message_waiting = on;
            self.report_device(device, DeviceEventKind::MessageWaiting { on });
        }
    }

    pub(in super::super) fn telephone_mut(&mut self, device: DeviceId) -> Result<&mut Device, ServiceError> {
        let known = self.known_mut(device)?;
        if known.is_telephone() {
            Ok(known)
        } else {
            Err(OperationError::RequestIncompatibleWithDevice.into())
        }
    }
}
