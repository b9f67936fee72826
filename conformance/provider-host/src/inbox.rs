//! The one way in: requests for the thread that serves, answers for those that wait in a callback.
//!
//! Whoever waits reads, one at a time, and lays what is not its own where the other finds it; so nobody has to be woken
//! in between where one thread alone waits.

use offhook_host_protocol::{FrameError, Request, read_frame};
use std::{
    collections::{HashMap, VecDeque},
    io::{BufReader, Read},
    sync::{Condvar, Mutex, OnceLock, PoisonError},
};

static INBOX: OnceLock<Inbox> = OnceLock::new();

/// The requests' way from the parent.
pub struct Inbox {
    state: Mutex<State>,
    changed: Condvar,
}

type Source = BufReader<Box<dyn Read + Send>>;

struct State {
    /// `None` while somebody reads, and after the end.
    source: Option<Source>,
    ended: bool,
    broken: Option<FrameError>,
    requests: VecDeque<Request>,
    /// Result and bytes by the number of the callback.
    answers: HashMap<u32, (i32, Vec<u8>)>,
}

/// Makes `source` the way into this process.
pub fn install(source: impl Read + Send + 'static) -> &'static Inbox {
    INBOX.get_or_init(|| Inbox::new(source))
}

/// The way in, `None` until there is one.
pub fn get() -> Option<&'static Inbox> {
    INBOX.get()
}

impl Inbox {
    pub fn new(source: impl Read + Send + 'static) -> Inbox {
        Inbox {
            state: Mutex::new(State {
                source: Some(BufReader::with_capacity(64 << 10, Box::new(source))),
                ended: false,
                broken: None,
                requests: VecDeque::new(),
                answers: HashMap::new(),
            }),
            changed: Condvar::new(),
        }
    }

    /// The next request; `None` where the parent has closed its end.
    pub fn request(&self) -> Result<Option<Request>, FrameError> {
        let next = self.take(|state| state.requests.pop_front());
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match (next, state.broken.take()) {
            (None, Some(error)) => Err(error),
            (next, _) => Ok(next),
        }
    }

    /// The answer to a callback; `None` where the parent has closed its end.
    pub fn answer(&self, ask: u32) -> Option<(i32, Vec<u8>)> {
        self.take(|state| state.answers.remove(&ask))
    }

    /// Waits for what is wanted, reading where nobody else does.
    fn take<T>(&self, mut wanted: impl FnMut(&mut State) -> Option<T>) -> Option<T> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(found) = wanted(&mut state) {
                return Some(found);
            }
            if state.ended {
                return None;
            }
            let Some(mut source) = state.source.take() else {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            drop(state);
            let read = read_frame(&mut source);
            state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.source = Some(source);
            match read {
                Ok(Some(Request::Answer { ask, result, params })) => {
                    state.answers.insert(ask, (result, params));
                }
                Ok(Some(request)) => state.requests.push_back(request),
                Ok(None) => state.ended = true,
                Err(error) => {
                    state.ended = true;
                    state.broken = Some(error);
                }
            }
            self.changed.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use offhook_host_protocol::write_frame;
    use std::{io::Write, thread};

    #[test]
    fn each_finds_its_own_whoever_reads() {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let inbox = Inbox::new(reader);
        let mut send = move |request: &Request| {
            let mut wire = Vec::new();
            write_frame(&mut wire, request).unwrap();
            writer.write_all(&wire).unwrap();
        };
        thread::scope(|scope| {
            let waiting: Vec<_> = (1..=3)
                .map(|ask| {
                    (
                        ask,
                        scope.spawn({
                            let inbox = &inbox;
                            move || inbox.answer(ask)
                        }),
                    )
                })
                .collect();
            for ask in [3, 1] {
                let params = vec![ask as u8];
                send(&Request::Answer {
                    ask,
                    result: -1,
                    params,
                });
            }
            send(&Request::Read { seq: 7 });
            assert_eq!(inbox.request().unwrap(), Some(Request::Read { seq: 7 }));
            drop(send);
            assert_eq!(inbox.request().unwrap(), None);
            for (ask, waiting) in waiting {
                let wanted = [1, 3].contains(&ask).then(|| (-1, vec![ask as u8]));
                assert_eq!(waiting.join().unwrap(), wanted, "{ask}");
            }
        });
    }
}
