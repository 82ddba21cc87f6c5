using Microsoft.Extensions.Time.Testing;
using Nexus.Diagnostics;

namespace Nexus.Backend.Aws.Tests;

/// <summary>Roles through a loopback STS; the cache through a clock that is set by hand.</summary>
[TestClass]
public sealed class AwsCredentialSourceTests
{
    private static readonly AwsCredentialSettings s_role = Role();

    [TestMethod]
    public async Task GetAsync_Role_IsAssumedOnceWithItsExternalId()
    {
        await using var sts = new LoopbackServer((_, _) => Assumed("AKIDROLE", DateTime.UtcNow.AddHours(1)));
        var source = new AwsCredentialSource(new AwsEndpointOptions { DefaultEndpoint = sts.Url });
        AwsCredentialSettings settings = Role();
        AwsCredentials first = await source.GetAsync(settings, CancellationToken.None);
        AwsCredentials second = await source.GetAsync(settings, CancellationToken.None);
        Assert.AreSame(first, second);
        Assert.AreEqual("AKIDROLE", first.AccessKeyId);
        Assert.AreEqual("role-token", first.SessionToken);
        string form = System.Text.Encoding.UTF8.GetString(sts.Requests.Single().Body);
        Assert.Contains("ExternalId=outside", form);
        Assert.Contains("RoleSessionName=orders", form);
    }

    [TestMethod]
    public async Task GetAsync_StsEndpoint_WinsOverTheGeneralOne()
    {
        await using var sts = new LoopbackServer((_, _) => Assumed("AKIDROLE", DateTime.UtcNow.AddHours(1)));
        var source = new AwsCredentialSource(
            new AwsEndpointOptions
            {
                DefaultEndpoint = "http://127.0.0.1:1",
                ServiceEndpoints = new Dictionary<string, string> { ["STS"] = sts.Url },
            }
        );
        Assert.AreEqual("AKIDROLE", (await source.GetAsync(Role(), CancellationToken.None)).AccessKeyId);
    }

    [TestMethod]
    public async Task GetAsync_RefusedRole_NamesTheRole()
    {
        const string denied =
            "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no trust</Message></Error></ErrorResponse>";
        await using var sts = new LoopbackServer((_, _) => LoopbackReply.Status(403, denied));
        var source = new AwsCredentialSource(new AwsEndpointOptions { DefaultEndpoint = sts.Url });
        NexusException e = await Assert.ThrowsExactlyAsync<NexusException>(async () =>
            await source.GetAsync(s_role, CancellationToken.None)
        );
        Assert.AreSame(AwsDiagnostics.CredentialsDenied, e.Diagnostic);
        Assert.Contains("arn:aws:iam::123456789012:role/orders", e.Value);
        Assert.Contains("AccessDenied", e.Value);
    }

    [TestMethod]
    public async Task GetAsync_UnknownProfile_NamesIt()
    {
        var source = new AwsCredentialSource(new AwsEndpointOptions());
        var settings = new AwsCredentialSettings { Profile = "no-such-profile-here" };
        NexusException e = await Assert.ThrowsExactlyAsync<NexusException>(async () =>
            await source.GetAsync(settings, CancellationToken.None)
        );
        Assert.AreSame(AwsDiagnostics.ProfileMissing, e.Diagnostic);
        Assert.AreEqual("no-such-profile-here", e.Value);
    }

    [TestMethod]
    public async Task GetAsync_KeyWithoutSecret_IsRefused()
    {
        var source = new AwsCredentialSource(new AwsEndpointOptions());
        var settings = new AwsCredentialSettings { AccessKeyId = "AKID" };
        NexusException e = await Assert.ThrowsExactlyAsync<NexusException>(async () =>
            await source.GetAsync(settings, CancellationToken.None)
        );
        Assert.AreSame(AwsDiagnostics.CredentialConfiguration, e.Diagnostic);
    }

    [TestMethod]
    public async Task Cache_NearExpiry_ServesTheOldKeysWhileFetchingNewOnes()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        int fetches = 0;
        var fetched = new SemaphoreSlim(0);
        var cache = new AwsCredentialCache(
            time,
            () =>
            {
                var next = new AwsCredentials($"K{++fetches}", "s", null, time.GetUtcNow().AddHours(1));
                fetched.Release();
                return Task.FromResult(next);
            }
        );
        Assert.AreEqual("K1", (await cache.GetAsync(CancellationToken.None)).AccessKeyId);
        time.Advance(TimeSpan.FromMinutes(50));
        Assert.AreEqual("K1", (await cache.GetAsync(CancellationToken.None)).AccessKeyId);
        time.Advance(TimeSpan.FromMinutes(6));
        ValueTask<AwsCredentials> old = cache.GetAsync(CancellationToken.None);
        Assert.AreEqual("K1", (await old).AccessKeyId);
        Assert.IsTrue(await fetched.WaitAsync(TimeSpan.FromSeconds(20)) && await fetched.WaitAsync(TimeSpan.FromSeconds(20)));
        time.Advance(TimeSpan.FromMinutes(10));
        Assert.AreEqual("K2", (await cache.GetAsync(CancellationToken.None)).AccessKeyId);
    }

    [TestMethod]
    public async Task Cache_ExpiredAndSourceDown_FailsAndRecovers()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        bool down = false;
        var cache = new AwsCredentialCache(
            time,
            () =>
                down
                    ? Task.FromException<AwsCredentials>(AwsDiagnostics.CredentialsExpired.With("session"))
                    : Task.FromResult(new AwsCredentials("K", "s", null, time.GetUtcNow().AddHours(1)))
        );
        await cache.GetAsync(CancellationToken.None);
        down = true;
        time.Advance(TimeSpan.FromHours(2));
        NexusException e = await Assert.ThrowsExactlyAsync<NexusException>(async () => await cache.GetAsync(CancellationToken.None));
        Assert.AreSame(AwsDiagnostics.CredentialsExpired, e.Diagnostic);
        down = false;
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.AreEqual("K", (await cache.GetAsync(CancellationToken.None)).AccessKeyId);
    }

    private static AwsCredentialSettings Role() =>
        new()
        {
            AccessKeyId = "AKIDBASE",
            SecretAccessKey = "secret",
            RoleArn = "arn:aws:iam::123456789012:role/orders",
            ExternalId = "outside",
            SessionName = "orders",
            StsRegion = "eu-west-1",
        };

    private static LoopbackReply Assumed(string keyId, DateTime expiration) =>
        LoopbackReply.Ok(
            "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials>"
                + $"<AccessKeyId>{keyId}</AccessKeyId><SecretAccessKey>rs</SecretAccessKey><SessionToken>role-token</SessionToken>"
                + $"<Expiration>{expiration:yyyy-MM-ddTHH:mm:ssZ}</Expiration></Credentials></AssumeRoleResult>"
                + "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></AssumeRoleResponse>",
            "Content-Type: text/xml\r\n"
        );
}
