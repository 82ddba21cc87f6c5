using System.Text.Json.Serialization;
using BenchRemote;

namespace BenchRemoteNative;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CallRequest))]
[JsonSerializable(typeof(CallFigures))]
internal sealed partial class CallJson : JsonSerializerContext;
