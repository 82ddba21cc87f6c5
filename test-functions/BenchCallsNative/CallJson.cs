using System.Text.Json.Serialization;
using BenchCalls;

namespace BenchCallsNative;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CallRequest))]
[JsonSerializable(typeof(CallFigures))]
internal sealed partial class CallJson : JsonSerializerContext;
