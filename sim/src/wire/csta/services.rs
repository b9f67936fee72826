//! CSTA's services and events as tables: names, operation codes, types.

mod tables;

pub use tables::{EVENTS, SERVICES};

use super::schema::{Type, phase1, phase3};

/// The group of services that one belongs to, by ECMA-269's chapters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the chapters' own")]
pub enum Group {
    CapabilityExchange,
    System,
    Monitoring,
    Snapshot,
    CallControl,
    CallAssociated,
    Routeing,
    PhysicalDevice,
    LogicalDevice,
    Vendor,
}

/// One service.
#[derive(Debug)]
pub struct Service {
    /// Its name in ECMA-269, which is its XML element too.
    pub name: &'static str,
    /// The local operation code in BER.
    pub code: i64,
    /// The chapter.
    pub group: Group,
    /// The type of what is asked.
    pub argument: &'static str,
    /// The type of the answer, `None` for a service that is never answered.
    pub result: Option<&'static str>,
}

impl PartialEq for Service {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Service {}

impl Service {
    /// The type of what is asked.
    pub fn argument(&self) -> Option<&'static Type> {
        phase3::ty(self.argument)
    }

    /// The type of the answer.
    pub fn result(&self) -> Option<&'static Type> {
        phase3::ty(self.result?)
    }

    /// The service called `name`.
    pub fn by_name(name: &str) -> Option<&'static Service> {
        SERVICES.iter().find(|service| service.name == name)
    }

    /// The service with operation code `code`.
    pub fn by_code(code: i64) -> Option<&'static Service> {
        SERVICES.iter().find(|service| service.code == code)
    }
}

/// The operation code of the event report, which carries every event.
pub const EVENT_REPORT: i64 = 21;

/// One event.
#[derive(Debug)]
pub struct Event {
    /// Its name inside the event report, and in monitor filters.
    pub name: &'static str,
    /// The alternative of EventSpecificInfo that it is in.
    pub category: &'static str,
    /// The type of what it tells, whose name is the XML element too.
    pub ty: &'static str,
    /// Its number in phase I.
    pub phase1: Option<i64>,
}

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.ty == other.ty
    }
}

impl Eq for Event {}

impl Event {
    /// The event called `name` in `category`.
    pub fn find(category: &str, name: &str) -> Option<&'static Event> {
        EVENTS
            .iter()
            .find(|event| event.category == category && event.name == name)
    }

    /// The event whose type is called `ty`: `DeliveredEvent`.
    pub fn by_type(ty: &str) -> Option<&'static Event> {
        EVENTS.iter().find(|event| event.ty == ty)
    }

    /// The event with phase I number `number`.
    pub fn by_phase1(number: i64) -> Option<&'static Event> {
        EVENTS.iter().find(|event| event.phase1 == Some(number))
    }

    /// The type of what it tells in phase III.
    pub fn phase3_type(&self) -> Option<&'static Type> {
        phase3::ty(self.ty)
    }

    /// The type of what it tells in phase I, for the events that phase I has.
    pub fn phase1_type(&self) -> Option<&'static Type> {
        self.phase1.and_then(|_| phase1::ty(self.ty))
    }
}

#[cfg(test)]
mod tests {
    use super::{EVENTS, SERVICES, Service};
    use crate::wire::csta::schema::phase3;

    #[test]
    fn every_row_names_types_that_exist() {
        for service in SERVICES {
            assert!(service.argument().is_some(), "{}", service.argument);
            assert_eq!(
                service.result().is_some(),
                service.result.is_some(),
                "{:?}",
                service.result
            );
            assert_eq!(
                Service::by_code(service.code).map(|found| found.name),
                Some(service.name),
                "the code is shared"
            );
        }
        for event in EVENTS {
            assert!(event.phase3_type().is_some(), "{}", event.ty);
            assert_eq!(
                event.phase1_type().is_some(),
                event.phase1.is_some(),
                "{}",
                event.ty
            );
            let categories = phase3::ty("EventSpecificInfo").expect("the table has it");
            let category = categories.field(event.category).expect("the category is one");
            assert!(category.ty.field(event.name).is_some(), "{}", event.name);
        }
    }
}
