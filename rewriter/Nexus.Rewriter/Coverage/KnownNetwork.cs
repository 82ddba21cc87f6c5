namespace Nexus.Rewriter;

/// <summary>Libraries and types that are known to use the network, and why they are left alone.</summary>
internal static class KnownNetwork
{
    private const string NoRule = "no rule is for this library; its connections stay in the sandbox";

    private const string OutOfReach = "made where no rule is applied";

    /// <summary>By simple name of the assembly.</summary>
    public static readonly IReadOnlyDictionary<string, string> Libraries = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Microsoft.Data.SqlClient"] = NoRule,
        ["System.Data.SqlClient"] = NoRule,
        ["Npgsql"] = NoRule,
        ["MySqlConnector"] = NoRule,
        ["MySql.Data"] = NoRule,
        ["Oracle.ManagedDataAccess"] = NoRule,
        ["MongoDB.Driver"] = NoRule,
        ["StackExchange.Redis"] = NoRule,
        ["RabbitMQ.Client"] = NoRule,
        ["Confluent.Kafka"] = NoRule,
        ["Google.Api.Gax.Grpc"] = NoRule,
        ["ServiceStack.Redis"] = NoRule,
        ["FreeRedis"] = NoRule,
        ["CSRedisCore"] = NoRule,
        ["Cassandra"] = NoRule,
        ["Couchbase.NetClient"] = NoRule,
        ["Neo4j.Driver"] = NoRule,
        ["FirebirdSql.Data.FirebirdClient"] = NoRule,
        ["IBM.Data.Db2"] = NoRule,
        ["System.Data.Odbc"] = NoRule,
        ["MQTTnet"] = NoRule,
        ["NATS.Client"] = NoRule,
        ["NATS.Client.Core"] = NoRule,
        ["NetMQ"] = NoRule,
        ["Amqp"] = NoRule,
        ["Microsoft.Azure.Amqp"] = NoRule,
        ["Apache.NMS.ActiveMQ"] = NoRule,
        ["Enyim.Caching"] = NoRule,
        ["EnyimMemcachedCore"] = NoRule,
        ["MailKit"] = NoRule,
        ["FluentFTP"] = NoRule,
        ["Renci.SshNet"] = NoRule,
        ["DnsClient"] = NoRule,
        ["System.ServiceModel.NetTcp"] = NoRule,
        ["System.DirectoryServices.Protocols"] = NoRule,
        ["Novell.Directory.Ldap.NETStandard"] = NoRule,
        ["ZooKeeperNetEx"] = NoRule,
        ["Microsoft.AspNetCore.SignalR.Client.Core"] = NoRule,
        ["Websocket.Client"] = NoRule,
    };

    /// <summary>By full name of the type whose construction or static use is reported.</summary>
    public static readonly IReadOnlyDictionary<string, string> Types = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["System.Net.Http.HttpClient"] = OutOfReach,
        ["System.Net.Http.HttpClientHandler"] = OutOfReach,
        ["System.Net.Http.SocketsHttpHandler"] = OutOfReach,
        ["System.Net.Http.HttpMessageInvoker"] = OutOfReach,
        ["System.Net.HttpListener"] = "sockets are not offloaded",
        ["System.Net.Quic.QuicListener"] = "sockets are not offloaded",
        ["System.Net.WebClient"] = "WebClient opens connections by itself",
        ["System.Net.WebRequest"] = "WebRequest opens connections by itself",
        ["System.Net.Sockets.Socket"] = "sockets are not offloaded",
        ["System.Net.Sockets.TcpClient"] = "sockets are not offloaded",
        ["System.Net.Sockets.TcpListener"] = "sockets are not offloaded",
        ["System.Net.Sockets.UdpClient"] = "sockets are not offloaded",
        ["System.Net.WebSockets.ClientWebSocket"] = "web sockets are not offloaded",
        ["System.Net.Mail.SmtpClient"] = "mail is not offloaded",
        ["System.Net.NetworkInformation.Ping"] = "sockets are not offloaded",
        ["System.Net.Dns"] = "the sandbox has no name service",
        ["System.Net.Quic.QuicConnection"] = "sockets are not offloaded",
        ["Grpc.Core.Server"] = "a server of the native gRPC library listens on a socket (NEXUS0757); use Grpc.AspNetCore",
    };

    /// <summary>Credentials that a function brings itself.</summary>
    public static readonly IReadOnlySet<string> Credentials = new HashSet<string>(StringComparer.Ordinal)
    {
        "Amazon.Runtime.BasicAWSCredentials",
        "Amazon.Runtime.SessionAWSCredentials",
        "Amazon.Runtime.StoredProfileAWSCredentials",
        "Amazon.Runtime.AssumeRoleAWSCredentials",
        "Amazon.Runtime.CredentialManagement.CredentialProfileStoreChain",
    };

    public static readonly IReadOnlySet<string> PresigningMethods = new HashSet<string>(StringComparer.Ordinal)
    {
        "GetPreSignedURL",
        "GetPreSignedURLAsync",
        "GeneratePreSignedURL",
        "GenerateAuthToken",
        "GenerateAuthTokenAsync",
    };

    /// <summary>Assemblies of the framework, which a self-contained function carries along.</summary>
    public static bool IsFramework(string assembly) =>
        assembly
            is "mscorlib"
                or "netstandard"
                or "WindowsBase"
                or "Microsoft.CSharp"
                or "Microsoft.VisualBasic"
                or "Microsoft.VisualBasic.Core"
        || assembly.StartsWith("System.", StringComparison.Ordinal)
        || assembly.StartsWith("Microsoft.Win32.", StringComparison.Ordinal)
        || assembly.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal)
        || assembly.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal);
}
