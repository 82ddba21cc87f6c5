using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Nexus.Channel;

namespace Nexus.Guest.AspNetCore.Tests;

[TestClass]
public sealed class ServedRequestTests
{
    private static readonly TimeSpan s_watchdog = TimeSpan.FromSeconds(30);

    [TestMethod]
    public async Task Request_WithHeadOnly_IsSeenAsKestrelShowsIt()
    {
        using var pair = new ServedPair(static context =>
            context.Response.WriteAsync(
                $"{context.Request.Protocol} {context.Request.Method} {context.Request.Path.Value} {context.Request.QueryString} {context.Request.Host} "
                    + $"{context.Connection.RemoteIpAddress}:{context.Connection.RemotePort} {context.Connection.Id} {context.Request.Headers["x-a"]}"
            )
        );

        var answer = await pair.AskAsync(ServedPair.Head(headers: [("x-a", "1"), ("x-a", "2")]));

        Assert.AreEqual(200, answer.Head!.Status);
        Assert.AreEqual("HTTP/2 GET /path one ?q=1 example.test 10.1.2.3:4567 C1 1,2", answer.Text);
        Assert.AreEqual("Kestrel", answer.Header("Server"));
    }

    [TestMethod]
    public async Task ServerHeader_SwitchedOff_IsNotSent()
    {
        using var pair = new ServedPair(static _ => Task.CompletedTask, static options => options.AddServerHeader = false);

        var answer = await pair.AskAsync(ServedPair.Head());

        Assert.IsNull(answer.Header("Server"));
        Assert.AreEqual("0", answer.Header("Content-Length"));
    }

    [TestMethod]
    public async Task Message_WrittenIntoTheBodyWriter_CrossesInOneFrameWithoutACopy()
    {
        using var pair = new ServedPair(static async context =>
        {
            context.Response.BodyWriter.Write(new byte[1000]);
            await context.Response.BodyWriter.FlushAsync();
        });

        var answer = await pair.AskAsync(ServedPair.Head());

        Assert.HasCount(1000, answer.Body);
        Assert.AreEqual(0, pair.Guest.BytesCopied);
    }

    [TestMethod]
    public async Task Trailers_OfHttp2_FollowTheBody()
    {
        using var pair = new ServedPair(static async context =>
        {
            await context.Response.WriteAsync("body");
            context.Response.AppendTrailer("grpc-status", "0");
        });

        var answer = await pair.AskAsync(ServedPair.Head());

        Assert.AreEqual("grpc-status", answer.Trailers.Single().Key);
        Assert.AreEqual("body", answer.Text);
    }

    [TestMethod]
    public async Task Trailers_OfHttp1_AreNotSupported()
    {
        using var pair = new ServedPair(static context => context.Response.WriteAsync($"{context.Response.SupportsTrailers()}"));

        Assert.AreEqual("False", (await pair.AskAsync(ServedPair.Head(version: "1.1"))).Text);
    }

    [TestMethod]
    public async Task Exception_BeforeTheStart_BecomesAnEmpty500()
    {
        using var pair = new ServedPair(static context =>
        {
            context.Response.Headers["x-gone"] = "1";
            throw new InvalidOperationException("on purpose");
        });

        var answer = await pair.AskAsync(ServedPair.Head());

        Assert.AreEqual(500, answer.Head!.Status);
        Assert.IsNull(answer.Header("x-gone"));
        Assert.AreEqual("on purpose", (await pair.Application.Disposed.WaitAsync(s_watchdog))!.Message);
    }

    [TestMethod]
    public async Task Exception_AfterTheStart_AbortsTheAnswer()
    {
        using var pair = new ServedPair(static async context =>
        {
            await context.Response.WriteAsync("begun");
            throw new InvalidOperationException("on purpose");
        });

        var answer = await pair.AskAsync(ServedPair.Head());

        Assert.AreEqual(AbortCode.Failed, answer.Abort);
    }

    [TestMethod]
    public async Task Callbacks_OfStart_RunLastInFirstOut()
    {
        using var pair = new ServedPair(static context =>
        {
            context.Response.OnStarting(() => Add("first"));
            context.Response.OnStarting(() => Add("second"));
            return Task.CompletedTask;

            Task Add(string what)
            {
                context.Response.Headers["x-order"] += what;
                return Task.CompletedTask;
            }
        });

        Assert.AreEqual("secondfirst", (await pair.AskAsync(ServedPair.Head())).Header("x-order"));
    }

    [TestMethod]
    public async Task Callback_OfStartThatThrows_Becomes500()
    {
        using var pair = new ServedPair(static context =>
        {
            context.Response.OnStarting(static () => throw new InvalidOperationException("on purpose"));
            return context.Response.WriteAsync("never seen");
        });

        Assert.AreEqual(500, (await pair.AskAsync(ServedPair.Head())).Head!.Status);
    }

    [TestMethod]
    public async Task Body_LargerThanAnyWindow_IsReadWhole()
    {
        const int size = 6_000_000;
        using var pair = new ServedPair(static async context =>
        {
            // As a parser does that needs the whole message: it looks at everything and takes nothing.
            while (true)
            {
                var read = await context.Request.BodyReader.ReadAsync();
                if (read.IsCompleted)
                {
                    await context.Response.WriteAsync($"{read.Buffer.Length}");
                    return;
                }

                context.Request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        });
        using var call = await pair.OpenAsync(ServedPair.Head("POST", length: size), final: false);
        call.Window = 512 * 1024;

        for (var sent = 0; sent < size; sent += 100_000)
        {
            await ServedPair.SendAsync(call, new byte[100_000], final: sent + 100_000 == size);
        }

        Assert.AreEqual($"{size}", (await ServedAnswer.ReadAsync(call)).Text);
    }

    [TestMethod]
    public async Task Body_OverTheLimit_IsRefusedWith413()
    {
        using var pair = new ServedPair(
            static context => context.Request.Body.CopyToAsync(Stream.Null),
            static options => options.Limits.MaxRequestBodySize = 10
        );

        var known = await pair.AskAsync(ServedPair.Head("POST", length: 11), new byte[11]);
        var unknown = await pair.AskAsync(ServedPair.Head("POST", length: -1), new byte[11]);

        Assert.AreEqual(413, known.Head!.Status);
        Assert.AreEqual(413, unknown.Head!.Status);
    }

    [TestMethod]
    public async Task Body_CutOff_FailsTheReadAndCancelsTheRequest()
    {
        var outcome = new TaskCompletionSource<string>();
        using var pair = new ServedPair(async context =>
        {
            var aborted = context.RequestAborted;
            try
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
                outcome.SetResult("read");
            }
            catch (IOException failure)
            {
                await Task.Delay(Timeout.Infinite, aborted).ContinueWith(static _ => { }, TaskScheduler.Default);
                outcome.SetResult(failure.Message);
            }
        });
        using var call = await pair.OpenAsync(ServedPair.Head("POST", length: 100), final: false);
        await ServedPair.SendAsync(call, new byte[10], final: false);

        call.Abort(AbortCode.Cancelled);

        Assert.AreEqual("The client reset the request stream.", await outcome.Task.WaitAsync(s_watchdog));
    }

    [TestMethod]
    public async Task Caller_ThatReadsNothing_HoldsTheWriterBack()
    {
        var written = 0;
        using var pair = new ServedPair(async context =>
        {
            var block = new byte[64 * 1024];
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(block, context.RequestAborted);
                Interlocked.Add(ref written, block.Length);
            }
        });
        using var call = await pair.OpenAsync(ServedPair.Head());

        await Task.Delay(500);
        var after = Volatile.Read(ref written);
        await Task.Delay(300);

        Assert.AreEqual(after, Volatile.Read(ref written), "it still writes");
        Assert.IsLessThan(1024 * 1024, after);
        call.Abort(AbortCode.Cancelled);
        await pair.Application.Disposed.WaitAsync(s_watchdog);
    }

    [TestMethod]
    public async Task Reset_ByTheProgram_CarriesItsCode()
    {
        using var pair = new ServedPair(static context =>
        {
            context.Features.Get<IHttpResetFeature>()!.Reset(8);
            return Task.CompletedTask;
        });

        var answer = await pair.AskAsync(ServedPair.Head());

        Assert.AreEqual(KeyValuePair.Create(":reset", "8"), answer.Trailers.Single());
    }

    [TestMethod]
    public async Task Upgrade_OfHttp1_BecomesAStream()
    {
        using var pair = new ServedPair(static async context =>
        {
            var stream = await context.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync();
            var buffer = new byte[100];
            var read = await stream.ReadAsync(buffer);
            await stream.WriteAsync(Encoding.UTF8.GetBytes("got " + Encoding.UTF8.GetString(buffer, 0, read)));
        });
        var head = ServedPair.Head(version: "1.1");
        using var call = await pair.OpenAsync(
            new()
            {
                Method = head.Method,
                Scheme = head.Scheme,
                Authority = head.Authority,
                Target = head.Target,
                Version = head.Version,
                ContentLength = 0,
                Properties = [KeyValuePair.Create("upgrade", "")],
                Headers = [],
            },
            final: false
        );

        await ServedPair.SendAsync(call, "hello"u8.ToArray(), final: false);
        var answer = await ServedAnswer.ReadAsync(call);

        Assert.AreEqual(101, answer.Head!.Status);
        Assert.AreEqual("got hello", answer.Text);
    }

    [TestMethod]
    public async Task Head_ThatIsNone_IsRefused()
    {
        using var pair = new ServedPair(static _ => Task.CompletedTask);
        using var call = await pair.Backend.OpenAsync(
            Nexus.Channel.Messages.ChannelProtocol.Serve,
            new Nexus.Channel.Messages.ReadyHead { InitError = "not a request" },
            null,
            final: true
        );

        Assert.AreEqual(AbortCode.BadRequest, (await ServedAnswer.ReadAsync(call)).Abort);
    }

    [TestMethod]
    public async Task Limits_OfTheProgram_AreItsRefusals()
    {
        using var pair = new ServedPair(static _ => Task.CompletedTask, static options => options.Limits.MaxRequestHeaderCount = 2);

        var answer = await pair.AskAsync(ServedPair.Head(headers: [("a", "1"), ("b", "2"), ("c", "3")]));

        Assert.AreEqual(431, answer.Head!.Status);
    }

    [TestMethod]
    public async Task Server_ThatStops_AbortsWhatStillRuns()
    {
        using var stopping = new CancellationTokenSource();
        using var pair = new ServedPair(static context => Task.Delay(Timeout.Infinite, context.RequestAborted), stopping: stopping.Token);
        using var call = await pair.OpenAsync(ServedPair.Head());
        await Task.Delay(100);

        await stopping.CancelAsync();

        Assert.AreEqual(AbortCode.Cancelled, (await ServedAnswer.ReadAsync(call)).Abort);
    }
}
