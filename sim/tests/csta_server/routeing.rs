//! What the switch asks and tells of its own accord: routes, and its status.

use std::time::Duration;

use offhook_sim::{
    SimTime,
    exchange::switch::ConnectionState,
    wire::csta::{message::Message, value::Value},
};

use crate::bench::{Bench, Heard, asked, connection, device, make_call, octets, office};

#[test]
fn a_client_routes_calls_and_is_told_the_way() {
    let (mut bench, client) = office("hipath");
    let register = Value::sequence([("routeingDevice", device("900"))]);
    let registered = bench
        .ask(client, "RouteRegister", register.clone())
        .expect("it is one");
    let other = bench.client();
    assert_eq!(
        bench.ask(other, "RouteRegister", register),
        Err("subscribedResourceAvailability: objectRegistrationLimitExceeded".to_owned())
    );
    asked(&mut bench, client);
    bench
        .ask(client, "MakeCall", make_call("201", "900"))
        .expect("201 is free");
    let [("RouteRequest", request)] = &asked(&mut bench, client)[..] else {
        panic!("no route was asked for")
    };
    assert_eq!(
        request.get("routeRegisterReqID"),
        registered.get("routeRegisterReqID")
    );
    assert_eq!(request.get("routedCall"), Some(&connection(1, "900")));
    let route = request
        .get("crossRefIdentifier")
        .cloned()
        .expect("it has a reference");
    let select = Value::sequence([
        ("crossRefIdentifier", route.clone()),
        ("routeSelected", device("999")),
        ("alternateRoutes", Value::List(vec![device("202")])),
        ("routeUsedReq", Value::Boolean(true)),
    ]);
    bench.tell(client, "RouteSelect", select);
    let [("RouteUsed", used), ("RouteEnd", end)] = &asked(&mut bench, client)[..] else {
        panic!("the way was not told")
    };
    let way = Value::choice("deviceIdentifier", device("202"));
    assert_eq!(used.get("routeUsed"), Some(&way));
    assert_eq!(end.get("errorValue"), None);
    let at = bench.device("202");
    assert!(
        bench
            .switch
            .connection_in(at, ConnectionState::Alerting)
            .is_some()
    );
    // The dialogue is over.
    let again = Value::sequence([("crossRefIdentifier", route), ("routeSelected", device("202"))]);
    bench.tell(client, "RouteSelect", again);
    assert!(
        matches!(bench.heard[&client].last(), Some(Heard::Message(Message::Failure { error, .. })) if error.to_string() == "operation: invalidRouteingCrossRefID")
    );
}

#[test]
fn a_call_that_nobody_routes_goes_the_usual_way() {
    let (mut bench, client) = office("hipath");
    // Nobody has registered.
    bench
        .ask(client, "MakeCall", make_call("201", "900"))
        .expect("201 is free");
    let usual = bench.device("203");
    assert!(
        bench
            .switch
            .connection_in(usual, ConnectionState::Alerting)
            .is_some()
    );
    bench
        .ask(
            client,
            "ClearCall",
            Value::sequence([("callToBeCleared", Value::choice("callID", octets("1")))]),
        )
        .expect("the call is there");
    // Whoever registered does not answer, and then is gone.
    bench
        .ask(client, "RouteRegister", Value::sequence([]))
        .expect("all devices");
    bench
        .ask(client, "MakeCall", make_call("201", "900"))
        .expect("201 is free");
    asked(&mut bench, client);
    bench.later(SimTime::ZERO + Duration::from_secs(10));
    let [("RouteEnd", end)] = &asked(&mut bench, client)[..] else {
        panic!("the dialogue did not end")
    };
    assert_eq!(
        end.get("errorValue").map(Value::to_string).as_deref(),
        Some("operation: routeingTimerExpired")
    );
    assert!(
        bench
            .switch
            .connection_in(usual, ConnectionState::Alerting)
            .is_some()
    );
    bench
        .ask(client, "MakeCall", make_call("204", "900"))
        .expect("204 is free");
    bench.server.handle_gone(client);
    bench.settle();
    let calls = bench.switch.snapshot_device(usual);
    assert_eq!(calls.len(), 2, "{calls:?}");
}

#[test]
fn every_registration_hears_of_the_status_that_it_wants() {
    let (mut bench, client) = office("annex-j");
    let register = |bench: &mut Bench| {
        let argument = Value::sequence([("requestTypes", Value::Bits(1))]);
        let registered = bench.ask(client, "SystemRegister", argument).expect("it may");
        registered
            .get("sysStatRegisterID")
            .cloned()
            .expect("it has a number")
    };
    let (first, second) = (register(&mut bench), register(&mut bench));
    // Bit 4 is disabled.
    let filter = Value::choice("filter", Value::Bits(1 << 4));
    let change = Value::sequence([
        ("sysStatRegisterID", first.clone()),
        ("requestedStatusFilter", filter),
    ]);
    bench
        .ask(client, "ChangeSysStatFilter", change)
        .expect("it is the client's");
    asked(&mut bench, client);
    bench.server.set_status("disabled", bench.now);
    bench.settle();
    let told = |id: &Value, status| {
        let argument = Value::sequence([("sysStatRegisterID", id.clone())]);
        (
            "SystemStatus",
            argument.with("systemStatus", Value::named(status)),
        )
    };
    assert_eq!(asked(&mut bench, client), [told(&second, "disabled")]);
    bench.server.set_status("normal", bench.now);
    bench.settle();
    assert_eq!(
        asked(&mut bench, client),
        [told(&first, "normal"), told(&second, "normal")]
    );
    let cancel = Value::sequence([("sysStatRegisterID", second)]);
    bench
        .ask(client, "SystemRegisterCancel", cancel.clone())
        .expect("it is the client's");
    assert_eq!(
        bench.ask(client, "SystemRegisterCancel", cancel),
        Err("operation: invalidCrossRefID".to_owned())
    );
}
