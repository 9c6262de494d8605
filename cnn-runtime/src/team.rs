//! The threads that compute a forward pass together.
//!
//! A kernel divides its work into parts that write different values, so that results never depend on how many threads there are.
//! Each thread has a share of them, neighbours, and takes others' when its own are done: so it often reads what it has written
//! itself, in the kernel before. Between two kernels of a forward pass there are microseconds: threads without work
//! look out for it, and sleep when none has come for a while. A thread that the system lets wait is not waited for, unless it has
//! taken a part.

use std::cell::UnsafeCell;
use std::fmt;
use std::hint::spin_loop;
use std::marker::PhantomData;
use std::ops::Range;
use std::slice;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle, Thread};

use crate::simd::{Kernel, LANES, Simd};

/// How often a thread without work looks out for some before it sleeps: for about 100 µs.
const LOOKS: u32 = 3000;

/// Work in parts, which may be done at the same time.
pub trait Parts: Sync {
    /// Does part `part`. No other thread has the number `thread` meanwhile.
    ///
    /// To be marked `#[inline(always)]` by every implementation.
    fn part<S: Simd>(&self, simd: S, thread: usize, part: usize);
}

/// Who computes a kernel.
pub trait Threads: Copy {
    /// How many threads, at least 1.
    fn threads(self) -> usize;

    /// How many parts of equal size keep all threads busy until about the same time.
    fn parts(self) -> usize;

    /// Does all parts of `work`; they are done when this returns.
    fn run<S: Simd>(self, simd: S, parts: usize, work: impl Parts);
}

/// One of so many equal `shares` of `count` things.
#[inline(always)]
pub fn share(index: usize, shares: usize, count: usize) -> Range<usize> {
    index * count / shares..(index + 1) * count / shares
}

/// Whether the longest share of a thread, of `count` parts of equal size, is little more than the others'.
#[inline(always)]
pub fn shares_evenly(count: usize, threads: usize) -> bool {
    count.div_ceil(threads) * threads * 8 <= count * 9
}

/// The caller, in whose code the parts are compiled: for kernels whose sizes are constants.
#[derive(Clone, Copy, Debug)]
pub struct OneThread;

impl Threads for OneThread {
    #[inline(always)]
    fn threads(self) -> usize {
        1
    }

    #[inline(always)]
    fn parts(self) -> usize {
        1
    }

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, parts: usize, work: impl Parts) {
        // Not a closure, which would be compiled without the instruction set.
        for part in 0..parts {
            work.part(simd, 0, part);
        }
    }
}

/// The threads of a team, which do work for a part of an instruction set with all registers of the whole.
#[derive(Clone, Copy)]
pub struct Within<S, T> {
    /// The whole instruction set.
    pub simd: S,
    /// The team.
    pub team: T,
}

impl<S: Simd, T: Threads> Threads for Within<S, T> {
    #[inline(always)]
    fn threads(self) -> usize {
        self.team.threads()
    }

    #[inline(always)]
    fn parts(self) -> usize {
        self.team.parts()
    }

    #[inline(always)]
    fn run<N: Simd>(self, simd: N, parts: usize, work: impl Parts) {
        struct Narrow<N, W>(N, W);

        impl<N: Simd, W: Parts> Parts for Narrow<N, W> {
            #[inline(always)]
            fn part<S: Simd>(&self, _: S, thread: usize, part: usize) {
                self.1.part(self.0, thread, part);
            }
        }

        self.team.run(self.simd, parts, Narrow(simd, work));
    }
}

/// The caller, or it and the threads of a pool.
#[derive(Clone, Copy, Debug)]
pub struct Team<'a> {
    pool: Option<&'a Pool>,
    /// How many parts of equal size for each thread: several, so that one that has been held up leaves some to others.
    parts_each: usize,
}

impl<'a> Team<'a> {
    /// The caller alone.
    pub const ALONE: Team<'static> = Team { pool: None, parts_each: 1 };

    /// The caller and the threads of `pool`.
    pub(crate) fn new(pool: &'a Pool) -> Self {
        Self { pool: (pool.threads() > 1).then_some(pool), parts_each: 4 }
    }

    /// The team, if it has several threads, for layers that take microseconds: that is too short for more than a part each.
    pub fn at_small_layers(self) -> Option<Self> {
        self.pool.map(|_| Self { parts_each: 1, ..self })
    }
}

impl Threads for Team<'_> {
    #[inline(always)]
    fn threads(self) -> usize {
        self.pool.map_or(1, Pool::threads)
    }

    #[inline(always)]
    fn parts(self) -> usize {
        self.threads() * self.parts_each
    }

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, parts: usize, work: impl Parts) {
        let work = Work { simd, work };
        let job = work.job(parts);
        match self.pool {
            // SAFETY: `work` lives until the job is done.
            Some(pool) if parts > 1 => unsafe { pool.run(job) },
            // SAFETY: as above, and there is one thread.
            _ => (0..parts).for_each(|part| unsafe { (job.part)(job.data, 0, part) }),
        }
    }
}

/// [`Parts`] for an instruction set.
struct Work<S, W> {
    simd: S,
    work: W,
}

impl<S: Simd, W: Parts> Work<S, W> {
    /// The job of doing `parts` parts, while `self` lives.
    fn job(&self, parts: usize) -> Job {
        Job { part: Self::part, data: std::ptr::from_ref(self).cast(), parts }
    }

    /// Does a part of the `Work` that `data` points to.
    ///
    /// # Safety
    ///
    /// `data` points to a `Work<S, W>`.
    unsafe fn part(data: *const (), thread: usize, part: usize) {
        struct Part<'a, W>(&'a W, usize, usize);

        impl<W: Parts> Kernel for Part<'_, W> {
            #[inline(always)]
            fn run<S: Simd>(self, simd: S) {
                self.0.part(simd, self.1, self.2);
            }
        }

        // SAFETY: as the caller says.
        let Self { simd, work } = unsafe { &*data.cast::<Self>() };
        simd.call(Part(work, thread, part));
    }
}

/// Threads that wait for work. A clone has threads of its own.
pub struct Pool {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
}

/// What threads are asked to do.
#[derive(Clone, Copy)]
struct Job {
    /// Does a part of `data`.
    part: unsafe fn(data: *const (), thread: usize, part: usize),
    data: *const (),
    parts: usize,
}

/// What the threads of a pool know.
struct Shared {
    /// The number of the job, in steps of [`JOB`]; whether it is [`OPEN`]; and how many workers are at it.
    state: AtomicU64,
    /// The job. The caller writes it while no job is open and no worker at one; workers read it while they are at it.
    job: UnsafeCell<Job>,
    /// For each thread, the next part of its share that nobody has taken.
    next: Vec<Next>,
    /// A job is being done, or about to be.
    busy: AtomicBool,
    /// A part panicked.
    panicked: AtomicBool,
    /// The pool is no more.
    ended: AtomicBool,
    /// For each worker, whether it sleeps.
    asleep: Vec<AtomicBool>,
}

/// A counter in a cache line of its own.
#[derive(Default)]
#[repr(align(64))]
struct Next(AtomicUsize);

const OPEN: u64 = 1 << 31;
const JOB: u64 = 1 << 32;

// SAFETY: `job` is written only by the caller that set `busy`, while `state` says that no worker reads it, and `state` is
// changed with release and read with acquire ordering. Its data is `Sync`, since it is a `Work` of `Parts` and a token.
unsafe impl Sync for Shared {}
// SAFETY: as above.
unsafe impl Send for Shared {}

impl Pool {
    /// A pool of so many threads, the caller's included, as users say it: 0 stands for as many as the CPU runs at once.
    pub fn of(threads: usize) -> Self {
        Self::new(match threads {
            0 => thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        })
    }

    /// A pool of so many threads, the caller's included, or fewer where the system has no more.
    pub fn new(threads: usize) -> Self {
        let asleep = (1..threads).map(|_| AtomicBool::new(false)).collect();
        let idle = Job { part: |_, _, _| (), data: std::ptr::null(), parts: 0 };
        let shared = Arc::new(Shared {
            state: AtomicU64::new(0),
            job: UnsafeCell::new(idle),
            next: (0..threads.max(1)).map(|_| Next::default()).collect(),
            busy: AtomicBool::new(false),
            panicked: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            asleep,
        });
        let spawn = |thread| {
            let shared = Arc::clone(&shared);
            thread::Builder::new().name("cnn".to_owned()).spawn(move || shared.work(thread)).ok()
        };
        let workers = (1..threads).map_while(spawn).collect();
        Self { shared, workers }
    }

    /// How many threads, the caller's included.
    pub fn threads(&self) -> usize {
        self.workers.len() + 1
    }

    /// Does a job.
    ///
    /// # Safety
    ///
    /// Its data lives until this returns, and was made for its function.
    unsafe fn run(&self, job: Job) {
        let shared = &*self.shared;
        if shared.busy.swap(true, Ordering::Acquire) {
            // This is a part of another job: all threads are at work.
            // SAFETY: as the caller says.
            return (0..job.parts).for_each(|part| unsafe { (job.part)(job.data, 0, part) });
        }
        // SAFETY: this thread alone set `busy`, and the last one that did has closed its job and waited for the workers.
        unsafe { *shared.job.get() = job };
        for (thread, next) in shared.next.iter().enumerate() {
            next.0.store(shared.first_part(job, thread), Ordering::Relaxed);
        }
        shared.state.fetch_add(JOB + OPEN, Ordering::SeqCst);
        // Closes the job even where a part panics.
        let open = OpenJob(shared);
        for (asleep, worker) in shared.asleep.iter().zip(&self.workers) {
            if asleep.load(Ordering::SeqCst) && asleep.swap(false, Ordering::SeqCst) {
                Thread::unpark(worker.thread());
            }
        }
        // SAFETY: the job's data is borrowed until it is closed; workers are numbered from 1, so that 0 is this thread's.
        unsafe { shared.take_parts(job, 0) };
        drop(open);
        assert!(!shared.panicked.swap(false, Ordering::Relaxed), "a thread panicked in a kernel");
    }
}

/// A job that workers may join, until it is dropped: then no worker is at it any more.
struct OpenJob<'a>(&'a Shared);

impl Drop for OpenJob<'_> {
    fn drop(&mut self) {
        let Shared { state, busy, .. } = self.0;
        state.fetch_and(!OPEN, Ordering::AcqRel);
        let mut looks = 0;
        while state.load(Ordering::Acquire) % OPEN != 0 {
            looks += 1;
            if looks < LOOKS { spin_loop() } else { thread::yield_now() }
        }
        busy.store(false, Ordering::Release);
    }
}

impl Shared {
    /// Where a thread's share begins, and that of the one before ends.
    fn first_part(&self, job: Job, thread: usize) -> usize {
        // As many parts as fill a `usize` take longer to do than anyone waits.
        thread * job.parts / self.next.len()
    }

    /// Does parts until all are taken.
    ///
    /// # Safety
    ///
    /// `job` is the open job or one that is waited for, and no other thread has the number `thread`.
    unsafe fn take_parts(&self, job: Job, thread: usize) {
        let shares = self.next.len();
        for share in (thread..shares).chain(0..thread) {
            let (next, end) = (&self.next[share].0, self.first_part(job, share + 1));
            while next.load(Ordering::Relaxed) < end {
                let part = next.fetch_add(1, Ordering::Relaxed);
                if part < end {
                    // SAFETY: `part` and `data` were made together, and the data lives as long as the job.
                    unsafe { (job.part)(job.data, thread, part) }
                }
            }
        }
    }

    /// What worker `thread` does all its life.
    fn work(&self, thread: usize) {
        let mut last = 0;
        while let Some(job) = self.join(&mut last, &self.asleep[thread - 1]) {
            let at_work = AtWork(self);
            // SAFETY: this thread has joined the job, which is not over before it leaves.
            unsafe { self.take_parts(job, thread) };
            drop(at_work);
        }
    }

    /// Waits for a job other than the `last` one, and joins it; None where the pool is no more.
    fn join(&self, last: &mut u64, asleep: &AtomicBool) -> Option<Job> {
        let mut looks = 0;
        loop {
            if self.ended.load(Ordering::Acquire) {
                return None;
            }
            let state = self.state.load(Ordering::SeqCst);
            let number = state / JOB;
            if number != *last && state & OPEN != 0 {
                if self.state.compare_exchange(state, state + 1, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
                    *last = number;
                    // SAFETY: the job is open, and not over before this thread leaves it: nobody writes it.
                    return Some(unsafe { *self.job.get() });
                }
                continue;
            }
            looks += 1;
            if looks < LOOKS {
                spin_loop();
                continue;
            }
            // Whoever opens a job after this sees the flag; one that was opened before is seen here.
            asleep.store(true, Ordering::SeqCst);
            if self.state.load(Ordering::SeqCst) == state && !self.ended.load(Ordering::SeqCst) {
                thread::park();
            }
            asleep.store(false, Ordering::SeqCst);
            looks = 0;
        }
    }
}

/// A worker at a job, until it is dropped.
struct AtWork<'a>(&'a Shared);

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.panicked.store(true, Ordering::Relaxed);
        }
        self.0.state.fetch_sub(1, Ordering::Release);
    }
}

impl Clone for Pool {
    fn clone(&self) -> Self {
        Self::new(self.threads())
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        for worker in self.workers.drain(..) {
            worker.thread().unpark();
            // It ends without a panic, or has said so before.
            let _ = worker.join();
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("threads", &self.threads()).finish_non_exhaustive()
    }
}

/// A slice whose values several threads write, each its own.
#[derive(Clone, Copy)]
pub struct Shares<'a, T = f32> {
    start: *mut T,
    slice: PhantomData<&'a mut [T]>,
}

// SAFETY: it stands for a `&mut [T]`; who writes what is the matter of its methods' callers.
unsafe impl<T: Send> Send for Shares<'_, T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Shares<'_, T> {}

impl<'a, T> Shares<'a, T> {
    /// Shares `slice` out.
    #[inline(always)]
    pub fn new(slice: &'a mut [T]) -> Self {
        Self { start: slice.as_mut_ptr(), slice: PhantomData }
    }

    /// Where the slice begins.
    #[inline(always)]
    pub fn start(&self) -> *const T {
        self.start
    }

    /// The `count` values from `first` on.
    ///
    /// # Safety
    ///
    /// They are in the slice, and nothing else writes any of them, or reads what this writes, as long as the result lives.
    #[inline(always)]
    pub unsafe fn part(&self, first: usize, count: usize) -> &'a mut [T] {
        // SAFETY: as the caller says.
        unsafe { slice::from_raw_parts_mut(self.start.add(first), count) }
    }
}

impl<'a> Shares<'a> {
    /// Vector `at`.
    ///
    /// # Safety
    ///
    /// As for [`part`](Self::part).
    #[inline(always)]
    pub unsafe fn vector(&self, at: usize) -> &'a mut [f32; LANES] {
        // SAFETY: as the caller says.
        unsafe { &mut *self.start.add(at * LANES).cast() }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;
    use std::time::Duration;

    use super::*;
    use crate::simd::Scalar;

    /// Counts how often each part is done, and that no two threads have one number.
    struct Count<'a> {
        parts: &'a [AtomicU32],
        threads: &'a [AtomicBool],
        slow: Duration,
    }

    impl Parts for Count<'_> {
        fn part<S: Simd>(&self, _: S, thread: usize, part: usize) {
            assert!(!self.threads[thread].swap(true, Ordering::SeqCst));
            thread::sleep(self.slow);
            self.parts[part].fetch_add(1, Ordering::SeqCst);
            self.threads[thread].store(false, Ordering::SeqCst);
        }
    }

    fn each_part_is_done_once(pool: &Pool, parts: usize, slow: Duration) {
        let parts: Vec<_> = (0..parts).map(|_| AtomicU32::new(0)).collect();
        let threads: Vec<_> = (0..pool.threads()).map(|_| AtomicBool::new(false)).collect();
        Team::new(pool).run(Scalar, parts.len(), Count { parts: &parts, threads: &threads, slow });
        assert!(parts.iter().all(|part| part.load(Ordering::SeqCst) == 1));
    }

    #[test]
    fn all_parts_are_done_once() {
        for threads in 0..5 {
            let pool = Pool::new(threads);
            assert_eq!(pool.threads(), threads.max(1));
            for job in 0..1000 {
                each_part_is_done_once(&pool, job % 17, Duration::ZERO);
            }
        }
    }

    #[test]
    fn sleepers_wake() {
        let pool = Pool::new(3).clone();
        for _ in 0..5 {
            thread::sleep(Duration::from_millis(20));
            each_part_is_done_once(&pool, 6, Duration::from_millis(1));
        }
    }

    #[test]
    fn a_pool_serves_one_job_at_a_time() {
        let pool = Pool::new(2);
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| (0..200).for_each(|_| each_part_is_done_once(&pool, 5, Duration::ZERO)));
            }
        });
    }

    #[test]
    fn a_panic_is_passed_on() {
        struct Panic;
        impl Parts for Panic {
            fn part<S: Simd>(&self, _: S, _: usize, part: usize) {
                assert_ne!(part, 3);
            }
        }
        let pool = Pool::new(3);
        for _ in 0..20 {
            let run = || Team::new(&pool).run(Scalar, 8, Panic);
            assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err());
        }
        each_part_is_done_once(&pool, 8, Duration::ZERO);
    }
}
