using System.Diagnostics.CodeAnalysis;
using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace Nexus.Guest.Aws;

/// <summary>
/// Cuts a client's pipeline after marshalling and endpoint resolution. What follows there (credentials, checksums, signing, retries, HTTP) is the
/// backend's; events, compression, error translation and unmarshalling stay the SDK's own.
/// </summary>
internal sealed class AwsPipelineCustomizer : IRuntimePipelineCustomizer
{
    public string UniqueName => "Nexus";

    [SuppressMessage("Trimming", "IL2075", Justification = "A missing property only means that no explicit keys are seen.")]
    public void Customize(Type type, RuntimePipeline pipeline)
    {
        var explicitCredentials = ExplicitCredentials(pipeline);
        pipeline.ReplaceHandler<HttpHandler<HttpContent>>(new AwsChannelHandler(explicitCredentials));
#if AWS_V3
        pipeline.RemoveHandler<CredentialsRetriever>();
#else
        foreach (var handler in pipeline.Handlers.OfType<BaseAuthResolverHandler>().ToArray())
        {
            Unlink(handler);
        }
#endif
        pipeline.RemoveHandler<Signer>();
        pipeline.RemoveHandler<RetryHandler>();
        pipeline.RemoveHandler<ChecksumHandler>();
    }

#if AWS_V3
    [SuppressMessage("Trimming", "IL2075", Justification = "A missing property only means that no explicit keys are seen.")]
    private static AWSCredentials? ExplicitCredentials(RuntimePipeline pipeline)
    {
        var retriever = pipeline.Handlers.OfType<CredentialsRetriever>().FirstOrDefault();
        var property = retriever
            ?.GetType()
            .GetProperty("Credentials", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic);
        return property?.GetValue(retriever) as AWSCredentials;
    }
#else
    private static AWSCredentials? ExplicitCredentials(RuntimePipeline _) => null;

    /// <summary>The handler's type is the service's own, so the pipeline's generic removal cannot name it.</summary>
    private static void Unlink(PipelineHandler handler)
    {
        if (handler.OuterHandler is { } outer)
        {
            outer.InnerHandler = handler.InnerHandler;
        }

        if (handler.InnerHandler is { } inner)
        {
            inner.OuterHandler = handler.OuterHandler;
        }
    }
#endif
}
