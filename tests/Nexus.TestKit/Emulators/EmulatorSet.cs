namespace Nexus.TestKit.Emulators;

/// <summary>Local DynamoDB, S3 and SQS over real sockets, in memory, gone when disposed.</summary>
/// <remarks>Data does not survive; tables must be named with three characters or more.</remarks>
public sealed class EmulatorSet : IAsyncDisposable
{
    /// <summary>The region every emulator serves.</summary>
    public const string Region = "us-east-1";

    private readonly EmulatorProcess _dynamoDb;
    private readonly EmulatorProcess _s3AndSqs;

    private EmulatorSet(EmulatorProcess dynamoDb, EmulatorProcess s3AndSqs)
    {
        _dynamoDb = dynamoDb;
        _s3AndSqs = s3AndSqs;
    }

    /// <summary>Base address of DynamoDB.</summary>
    public Uri DynamoDb => _dynamoDb.Endpoint;

    /// <summary>Base address of S3.</summary>
    public Uri S3 => _s3AndSqs.Endpoint;

    /// <summary>Base address of SQS.</summary>
    public Uri Sqs => _s3AndSqs.Endpoint;

    /// <summary>Ids of the emulators' processes, for accounting of CPU and memory.</summary>
    public IReadOnlyList<int> ProcessIds => [_dynamoDb.ProcessId, _s3AndSqs.ProcessId];

    /// <summary>Where the services are, as every AWS SDK understands it: <c>AWS_ENDPOINT_URL_*</c> and the region.</summary>
    public IReadOnlyDictionary<string, string> EndpointVariables =>
        new Dictionary<string, string>
        {
            ["AWS_ENDPOINT_URL_DYNAMODB"] = DynamoDb.ToString(),
            ["AWS_ENDPOINT_URL_S3"] = S3.ToString(),
            ["AWS_ENDPOINT_URL_SQS"] = Sqs.ToString(),
            ["AWS_REGION"] = Region,
            ["AWS_DEFAULT_REGION"] = Region,
        };

    /// <summary><see cref="EndpointVariables"/> and credentials that the emulators accept; for whoever calls them itself.</summary>
    public IReadOnlyDictionary<string, string> CallerVariables =>
        new Dictionary<string, string>(EndpointVariables)
        {
            ["AWS_ACCESS_KEY_ID"] = "AKIDEMULATORS",
            ["AWS_SECRET_ACCESS_KEY"] = "emulators-accept-any-secret",
            ["AWS_EC2_METADATA_DISABLED"] = "true",
        };

    /// <summary>Installs the emulators if that has not been done, starts them and waits until they listen.</summary>
    /// <exception cref="EmulatorException">Node.js is missing, the installation failed, or an emulator did not start within a minute.</exception>
    public static async Task<EmulatorSet> StartAsync(CancellationToken cancellation = default)
    {
        var folder = await EmulatorInstallation.EnsureAsync(cancellation);
        using var watchdog = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        watchdog.CancelAfter(TimeSpan.FromMinutes(1));
        var dynamoDb = EmulatorProcess.StartAsync(folder, "dynamodb", watchdog.Token);
        var s3AndSqs = EmulatorProcess.StartAsync(folder, "s3sqs", watchdog.Token);
        try
        {
            return new EmulatorSet(await dynamoDb, await s3AndSqs);
        }
        catch
        {
            await DisposeStartedAsync(dynamoDb);
            await DisposeStartedAsync(s3AndSqs);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _dynamoDb.Dispose();
        _s3AndSqs.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task DisposeStartedAsync(Task<EmulatorProcess> starting)
    {
        try
        {
            (await starting).Dispose();
        }
        catch (EmulatorException)
        {
            // This one never started; the first failure is the one reported.
        }
    }
}
