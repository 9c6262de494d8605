#[path = "nets/dummy_net.rs"]
mod dummy_net;
#[test]
fn time() {
    let net = dummy_net::DummyNet::init(1);
    for isa in cnn_runtime::Isa::available() {
        let mut e = cnn_runtime::Engine::with_isa(&*net, isa).unwrap();
        let x = [[[0.5; 7]; 7]; 3];
        let mut best = f64::MAX;
        for _ in 0..50 {
            let t = std::time::Instant::now();
            for _ in 0..10000 { std::hint::black_box(e.forward(std::hint::black_box(&x))); }
            best = best.min(t.elapsed().as_secs_f64() / 10000.0);
        }
        println!("{isa} {:.3} µs", best * 1e6);
    }
}
