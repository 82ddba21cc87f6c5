// Inside the namespace Nexus.Guest.Grpc.Legacy the names Grpc and Channel mean others; the library's own come from here.
global using Grpc.Core;
global using LibraryChannel = Grpc.Core.Channel;
