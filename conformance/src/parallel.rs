//! Work done by several threads at once, whose results are taken in the order of the items.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// What became of an item.
pub enum News<R> {
    /// Its work begins.
    Begun,
    /// Its work is done, and so is that of all items before it.
    Done(R),
}

/// A worker's part of the items: it takes one after another and hands in what came of each, in whatever order.
pub struct Hand<'a, T, R> {
    items: &'a [T],
    order: &'a [usize],
    next: &'a AtomicUsize,
    stopped: &'a AtomicBool,
    sender: mpsc::Sender<(usize, News<R>)>,
}

impl<'a, T, R> Hand<'a, T, R> {
    /// The next item with its place, whose work begins; `None` where there is none, or no more is wanted.
    pub fn take(&self) -> Option<(usize, &'a T)> {
        if self.stopped.load(Ordering::Relaxed) {
            return None;
        }
        let index = *self.order.get(self.next.fetch_add(1, Ordering::Relaxed))?;
        // Only after a break does nobody listen.
        let _ = self.sender.send((index, News::Begun));
        Some((index, &self.items[index]))
    }

    /// Hands in what came of the item at that place.
    pub fn done(&self, index: usize, result: R) {
        let _ = self.sender.send((index, News::Done(result)));
    }
}

/// Calls `work` for each item, at most `jobs` at once, and tells the news of them to `told` in the caller's thread.
/// Items are done in their order, whichever ends first. The first is begun first, then those that last longest, as far as
/// `lasts` knows: so the end does not wait for one that began late. Where `told` breaks, it is told nothing more, no
/// further work is begun, and what was begun is finished.
pub fn in_order<T: Sync, R: Send>(
    jobs: usize,
    items: &[T],
    lasts: impl Fn(&T) -> Duration,
    work: impl Fn(&T) -> R + Sync,
    told: impl FnMut(&T, News<R>) -> ControlFlow<()>,
) {
    let worker = |hand: Hand<'_, T, R>| {
        while let Some((index, item)) = hand.take() {
            hand.done(index, work(item));
        }
    };
    by_hands(jobs, items, lasts, worker, told);
}

/// [`in_order`] by workers that keep something from item to item: each is called once, with a hand of its own.
pub fn by_hands<'a, T: Sync, R: Send>(
    jobs: usize,
    items: &'a [T],
    lasts: impl Fn(&T) -> Duration,
    worker: impl Fn(Hand<'_, T, R>) + Sync,
    mut told: impl FnMut(&'a T, News<R>) -> ControlFlow<()>,
) {
    let mut order: Vec<usize> = (0..items.len()).collect();
    if let Some((_, rest)) = order.split_first_mut() {
        rest.sort_by_key(|index| Reverse(lasts(&items[*index])));
    }
    let next = AtomicUsize::new(0);
    let stopped = AtomicBool::new(false);
    let (sender, news) = mpsc::channel();
    let (worker, order, next, stopped) = (&worker, &order, &next, &stopped);
    thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, items.len().max(1)) {
            let hand = Hand {
                items,
                order,
                next,
                stopped,
                sender: sender.clone(),
            };
            scope.spawn(move || worker(hand));
        }
        drop(sender);
        let mut early = BTreeMap::new();
        let mut due = 0;
        for (index, piece) in news {
            let mut flow = ControlFlow::Continue(());
            match piece {
                News::Begun => flow = told(&items[index], News::Begun),
                News::Done(result) => {
                    early.insert(index, result);
                }
            }
            while flow.is_continue()
                && let Some(result) = early.remove(&due)
            {
                flow = told(&items[due], News::Done(result));
                due += 1;
            }
            if flow.is_break() {
                stopped.store(true, Ordering::Relaxed);
                return;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Barrier, Mutex};

    fn alike<T>(_: &T) -> Duration {
        Duration::ZERO
    }

    fn done<R>(news: News<R>) -> Option<R> {
        match news {
            News::Begun => None,
            News::Done(result) => Some(result),
        }
    }

    #[test]
    fn results_come_in_order_though_the_first_ends_last() {
        let second_begun = Barrier::new(2);
        let mut taken = Vec::new();
        let work = |item: &&str| {
            if *item != "third" {
                second_begun.wait(); // both run at once, or this never ends
            }
            item.len()
        };
        in_order(2, &["first", "second", "third"], alike, work, |item, news| {
            taken.extend(done(news).map(|length| (*item, length)));
            ControlFlow::Continue(())
        });
        assert_eq!(taken, [("first", 5), ("second", 6), ("third", 5)]);
    }

    #[test]
    fn after_a_break_nothing_is_told() {
        let mut taken = Vec::new();
        in_order(2, &[1, 2, 3, 4], alike, i32::clone, |_, news| {
            taken.extend(done(news));
            match taken.last() {
                Some(2) => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            }
        });
        assert_eq!(taken, [1, 2]);
    }

    #[test]
    fn a_worker_may_hand_in_late_and_in_any_order() {
        let mut taken = Vec::new();
        let worker = |hand: Hand<'_, u8, u8>| {
            let mut kept: Vec<(usize, u8)> = Vec::new();
            while let Some((index, item)) = hand.take() {
                kept.push((index, 10 * item));
            }
            kept.into_iter()
                .rev()
                .for_each(|(index, result)| hand.done(index, result));
        };
        by_hands(1, &[1, 2, 3], alike, worker, |_, news| {
            taken.extend(done(news));
            ControlFlow::Continue(())
        });
        assert_eq!(taken, [10, 20, 30]);
    }

    #[test]
    fn nothing_to_do_is_done_at_once() {
        in_order(
            4,
            &[] as &[u8],
            alike,
            u8::clone,
            |_, _| ControlFlow::Continue(()),
        );
    }

    #[test]
    fn after_the_first_what_lasts_longest_is_begun() {
        let begun = Mutex::new(Vec::new());
        let mut taken = Vec::new();
        let work = |item: &u64| begun.lock().unwrap().push(*item);
        in_order(
            1,
            &[2, 1, 3, 9],
            |item| Duration::from_secs(*item),
            work,
            |item, news| {
                taken.extend(done(news).map(|()| *item));
                ControlFlow::Continue(())
            },
        );
        assert_eq!(*begun.lock().unwrap(), [2, 9, 3, 1]);
        assert_eq!(
            taken,
            [2, 1, 3, 9],
            "and what came of it is told in the items' order"
        );
    }
}
