//! Where threads wait for each other, to go on at the same time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// A gate that opens when as many have come as it waits for.
pub struct Gate {
    missing: AtomicUsize,
}

impl Gate {
    /// A gate for so many.
    pub fn new(count: usize) -> Gate {
        Gate {
            missing: AtomicUsize::new(count),
        }
    }

    /// One that cannot pass has come as well: nobody waits for it.
    pub fn give_up(&self) {
        self.missing.fetch_sub(1, Ordering::AcqRel);
    }

    /// Comes to the gate and waits for the others. Whoever waits looks again and again, for a thread that sleeps is woken late:
    /// all are to go on within the time that a short function takes.
    pub fn pass(&self) {
        self.give_up();
        while self.missing.load(Ordering::Acquire) > 0 {
            thread::yield_now();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn nobody_passes_before_the_last_has_come() {
        let gate = Arc::new(Gate::new(4));
        let before = Arc::new(AtomicUsize::new(0));
        let threads = (0..3).map(|_| {
            let (gate, before) = (gate.clone(), before.clone());
            thread::spawn(move || {
                before.fetch_add(1, Ordering::SeqCst);
                gate.pass();
                before.load(Ordering::SeqCst)
            })
        });
        let threads: Vec<_> = threads.collect();
        gate.give_up();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), 3);
        }
    }
}
