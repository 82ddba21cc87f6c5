using Nexus.Bench;
using Nexus.Bench.Channel;

// One line per benchmark; the peers are started by the benchmarks themselves.
return args switch
{
    ["channel", .. var rest] => await ChannelBenchmark.RunAsync(Report.Parse(rest)),
    ["idle", .. var rest] => await IdleBenchmark.RunAsync(Report.Parse(rest)),
    ["channel-peer", .. var rest] => ChannelPeerProgram.Run(rest),
    ["socket-peer", var path] => SocketBaseline.Serve(path),
    _ => Report.Usage("channel [--json]", "idle [--json]"),
};
